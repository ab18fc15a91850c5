namespace Ringwall.Simulator;

/// <summary>The server answered a device with a problem.</summary>
internal sealed class DeviceRefusedException(string type, int status, TimeSpan retryAfter) : Exception($"{status} {type}")
{
    /// <summary>One of <see cref="Wire.Fleet.DeviceProblem"/>, or another of the server's.</summary>
    public string Type { get; } = type;

    public int Status { get; } = status;

    public TimeSpan RetryAfter { get; } = retryAfter;
}

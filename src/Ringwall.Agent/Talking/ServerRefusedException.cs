using System.Net;

namespace Ringwall.Agent.Talking;

/// <summary>The server answered, and refused.</summary>
/// <param name="status">As HTTP has it.</param>
/// <param name="problem">One of <see cref="Wire.Fleet.DeviceProblem"/>; empty when it did not say.</param>
/// <param name="message">For people.</param>
internal sealed class ServerRefusedException(HttpStatusCode status, string problem, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public string Problem { get; } = problem;

    /// <summary>The server's clock, Unix milliseconds, if it said so.</summary>
    public long? ServerTime { get; init; }

    public TimeSpan RetryAfter { get; init; }
}

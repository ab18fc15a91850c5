namespace Ringwall.Wire.Fleet;

/// <summary>How one release stands on the device.</summary>
public sealed record ReleaseReport
{
    /// <summary>VENDOR/SENSOR/STREAM-NUMBER.tar.gz, as both repositories call it.</summary>
    public required string Path { get; init; }

    /// <summary>One of <see cref="ReleaseState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Since when, Unix milliseconds, by the device's clock.</summary>
    public required long Since { get; init; }

    /// <summary>Minutes of a rollout that it has been in service while the machine ran; −1 when it is not in service.</summary>
    public int Age { get; set; } = -1;

    /// <summary>The generation that was in service before is kept and was shown to work.</summary>
    public bool FallbackAlive { get; init; }

    /// <summary>Why it is held or refused, for people; null otherwise.</summary>
    public string? Why { get; init; }
}

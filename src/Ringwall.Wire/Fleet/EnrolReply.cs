namespace Ringwall.Wire.Fleet;

/// <summary>The machine is a device of the fleet now. Asking again with the same key and token gives the same device and uses nothing up.</summary>
public sealed record EnrolReply
{
    /// <summary>As <see cref="DeviceIdentity.Of"/> makes it from the public key.</summary>
    public required string Device { get; init; }

    /// <summary>"canary", "early", "broad" or "critical".</summary>
    public required string Ring { get; init; }

    /// <summary>The site or redundancy group that the join token names; null without one.</summary>
    public string? Site { get; init; }

    /// <summary>Null without a site.</summary>
    public DeviceSeat? Seat { get; init; }

    /// <summary>How long one minute of a rollout lasts. 60,000 but in a demonstration.</summary>
    public required long PaceMilliseconds { get; init; }

    /// <summary>A device reports every so many minutes of a rollout, and at once when the state of a release changes.</summary>
    public required int ReportMinutes { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long ServerTime { get; init; }

    public required TrustedRoots Roots { get; init; }
}

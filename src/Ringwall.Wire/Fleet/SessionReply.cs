namespace Ringwall.Wire.Fleet;

/// <summary>What a device may do until when, and where it stands in the fleet.</summary>
public sealed record SessionReply
{
    /// <summary>Goes into the header: "Authorization: Bearer TOKEN". Opaque; any replica understands it.</summary>
    public required string Token { get; init; }

    /// <summary>When it ends, Unix milliseconds. Ask again after half of the time.</summary>
    public required long Until { get; init; }

    /// <summary>An operator may have moved the device since it enrolled.</summary>
    public required string Ring { get; init; }

    public string? Site { get; init; }

    /// <summary>
    /// Where it was moved to, signed by the director's targets keys, in base64: a device's host takes this, and nobody's word. Null for one that stands where it enrolled, and where the
    /// server does not have these keys at hand.
    /// </summary>
    public string? Place { get; init; }

    public DeviceSeat? Seat { get; init; }

    /// <summary>When the device joined the fleet, Unix milliseconds: who joins after a release began stands behind those who were there.</summary>
    public required long EnrolledAt { get; init; }

    /// <summary>How long one minute of a rollout lasts.</summary>
    public required long PaceMilliseconds { get; init; }

    public required int ReportMinutes { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long ServerTime { get; init; }
}

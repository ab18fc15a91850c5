using Ringwall.Wire.Fleet;

namespace Ringwall.Wire.Door;

/// <summary>Who a device is in its fleet, as it was enrolled.</summary>
public sealed record DoorIdentity
{
    /// <summary>As <see cref="DeviceIdentity.Of"/> makes it.</summary>
    public required string Device { get; init; }

    /// <summary>"canary", "early", "broad" or "critical".</summary>
    public required string Ring { get; init; }

    /// <summary>The site or redundancy group that it belongs to; null for none.</summary>
    public string? Site { get; init; }

    /// <summary>Its seat in that group; null without one.</summary>
    public DeviceSeat? Seat { get; init; }

    /// <summary>When it was enrolled, by the server's clock, in Unix milliseconds.</summary>
    public required long Since { get; init; }

    /// <summary>SHA-256 of the first root of the vendors' repository; it lies in the spool as 1.root.json.</summary>
    public required string VendorsRoot { get; init; }

    /// <summary>The same of the director's.</summary>
    public required string DirectorRoot { get; init; }
}

namespace Ringwall.Wire.Door;

/// <summary>Who a device is in its fleet, as it was enrolled.</summary>
public sealed record DoorIdentity
{
    /// <summary>32 hexadecimal digits in lower case: the first 16 bytes of the SHA-256 of its public key.</summary>
    public required string Device { get; init; }

    /// <summary>"canary", "early", "broad" or "critical".</summary>
    public required string Ring { get; init; }

    /// <summary>The failure domain that it belongs to; null for none.</summary>
    public string? Site { get; init; }

    /// <summary>Its seat in that domain, and how many seats that has; both null without a domain.</summary>
    public int? Seat { get; init; }

    public int? Seats { get; init; }

    /// <summary>When it was enrolled, by the server's clock, in Unix milliseconds.</summary>
    public required long Since { get; init; }

    /// <summary>SHA-256 of the first root of the vendors' repository; it lies in the spool as 1.root.json.</summary>
    public required string VendorsRoot { get; init; }

    /// <summary>The same of the director's.</summary>
    public required string DirectorRoot { get; init; }
}

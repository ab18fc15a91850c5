namespace Ringwall.Wire.Door;

/// <summary>One release that the operator offers, as the host sees it.</summary>
public sealed record DoorRelease
{
    public required string Path { get; init; }

    /// <summary>One of <see cref="DoorStanding"/>.</summary>
    public required string Standing { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Because { get; init; }

    /// <summary>Of its package, when it is wanted.</summary>
    public long Length { get; init; }

    /// <summary>The digest that names its package, when it is wanted.</summary>
    public string? Digest { get; init; }

    /// <summary>Where to fetch its package, below the server's packages, when it is wanted.</summary>
    public string? Fetch { get; init; }
}

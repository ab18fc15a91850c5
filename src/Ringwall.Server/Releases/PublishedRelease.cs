namespace Ringwall.Server.Releases;

/// <summary>A release that a vendor has published, as the table has it.</summary>
public sealed record PublishedRelease
{
    public required string Path { get; init; }

    public required string Vendor { get; init; }

    public required string Sensor { get; init; }

    public required string Stream { get; init; }

    public required long Number { get; init; }

    public required string Version { get; init; }

    public string? SchemaHash { get; init; }

    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long At { get; init; }

    public required string Who { get; init; }

    public string? WayBackFrom { get; init; }
}

namespace Ringwall.Wire.Api;

/// <summary>A release that a vendor has published.</summary>
public sealed record ReleaseLine
{
    /// <summary>VENDOR/SENSOR/STREAM-NUMBER.tar.gz.</summary>
    public required string Path { get; init; }

    public required string Vendor { get; init; }

    public required string Sensor { get; init; }

    /// <summary>"engine" or "content".</summary>
    public required string Stream { get; init; }

    public required long Number { get; init; }

    /// <summary>As the vendor says it.</summary>
    public required string Version { get; init; }

    /// <summary>For content: the schema that it was written for.</summary>
    public string? Schema { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The account that sent it; the vendor's keys have signed it.</summary>
    public required string PublishedBy { get; init; }

    /// <summary>The release that leads back from this one; null when the vendor gave none.</summary>
    public string? WayBack { get; init; }

    /// <summary>The release that this one leads back from; such a one is never let out by itself.</summary>
    public string? WayBackFrom { get; init; }

    /// <summary>Its rollout, when there is one.</summary>
    public string? Rollout { get; init; }

    /// <summary>The state of its rollout, as <see cref="RolloutLine.State"/>.</summary>
    public string? RolloutState { get; init; }
}

namespace Ringwall.Server.Health;

/// <summary>Trouble that a device had.</summary>
public sealed record DeviceHarm
{
    public required long Number { get; init; }

    /// <summary>As <see cref="Ringwall.Rollouts.Measures"/> calls it.</summary>
    public required string Measure { get; init; }

    /// <summary>When the fleet first heard of it, Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>When it last heard of the same trouble.</summary>
    public required long Until { get; init; }

    public required long Times { get; init; }

    public string? Release { get; init; }

    /// <summary>The device's own words: foreign text.</summary>
    public required string Detail { get; init; }
}

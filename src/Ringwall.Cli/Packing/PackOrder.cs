namespace Ringwall.Cli.Packing;

/// <summary>What is to be packed.</summary>
internal sealed record PackOrder
{
    /// <summary>Of the release.</summary>
    public required string Version { get; init; }

    /// <summary>A folder with a sensor.json; null for content alone.</summary>
    public string? Engine { get; init; }

    /// <summary>A folder; null for an engine alone.</summary>
    public string? Content { get; init; }

    /// <summary>Null: the release's.</summary>
    public string? ContentVersion { get; init; }

    /// <summary>A file with id and fields; null when the content does not say.</summary>
    public string? Schema { get; init; }

    /// <summary>Null: as the engine's sensor.json says.</summary>
    public string? Sensor { get; init; }

    /// <summary>Null: as the engine's sensor.json says.</summary>
    public string? Vendor { get; init; }
}

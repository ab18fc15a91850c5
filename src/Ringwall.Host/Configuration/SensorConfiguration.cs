namespace Ringwall.Host.Configuration;

/// <summary>One sensor that is to run.</summary>
internal sealed record SensorConfiguration
{
    /// <summary>What it is called on this machine; unique.</summary>
    public required string Name { get; init; }

    /// <summary>The folder with its sensor.json. The sensor sees it read-only at /sensor.</summary>
    public required string Folder { get; init; }

    /// <summary>Folders of content. The sensor sees them read-only at /content/0, /content/1 and so on.</summary>
    public IReadOnlyList<string> Content { get; init; } = [];

    public SensorLimits Limits { get; init; } = new();
}

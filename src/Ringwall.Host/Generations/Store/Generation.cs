using Ringwall.Host.Configuration;

namespace Ringwall.Host.Generations.Store;

/// <summary>One installed pair of engine and content of a sensor. Its folders never change; its state is that of the moment it was asked for.</summary>
/// <param name="Sensor">As the configuration calls it.</param>
/// <param name="Number">0 is what the configuration names; the store counts from 1 and uses no number twice.</param>
/// <param name="Engine">The folder with its sensor.json.</param>
/// <param name="Content">Folders of content, in the order in which the sensor sees them: its own first, then those that the configuration names.</param>
/// <param name="EngineVersion">Empty when a number 0's sensor.json cannot be read.</param>
/// <param name="ContentVersion">Empty without content of its own.</param>
/// <param name="State">What it is to its sensor.</param>
/// <param name="Why">Why it is refused; null when it is not.</param>
internal sealed record Generation(
    string Sensor, long Number, string Engine, IReadOnlyList<string> Content, string EngineVersion, string ContentVersion, GenerationState State, string? Why)
{
    /// <summary>The release's version; empty for number 0.</summary>
    public string Version { get; init; } = "";

    public string Vendor { get; init; } = "";

    /// <summary>What it takes of the disk; 0 for number 0, which is not the store's.</summary>
    public long Bytes { get; init; }

    /// <summary>Null for number 0.</summary>
    public DateTimeOffset? Installed { get; init; }

    /// <summary>The signed release that brought it; null when a person installed it.</summary>
    public string? Release { get; init; }

    /// <summary>It is refused because it failed in service, and not in its trial.</summary>
    public bool FellBack { get; init; }

    /// <summary>It passed its trial: who said so is not the store's to know.</summary>
    public bool Passed { get; init; }

    /// <summary>An operator holds the sensor at this one.</summary>
    public bool Pinned { get; init; }

    /// <summary>The sensor's configuration with the folders of this generation.</summary>
    public SensorConfiguration In(SensorConfiguration sensor) => sensor with { Folder = Engine, Content = Content, Generation = Number };
}

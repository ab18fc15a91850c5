using Ringwall.Contract;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Sandboxes;

/// <summary>What a vendor says about a sensor in its folder's sensor.json. docs/protocol.md, section 7, describes each key.</summary>
internal sealed record SensorManifest
{
    public const string FileName = "sensor.json";

    /// <summary>Who it is; its hello must say the same.</summary>
    public required string Name { get; init; }

    public string Vendor { get; init; } = "";

    /// <summary>The engine's version; its hello must say the same.</summary>
    public required string Version { get; init; }

    /// <summary>The program, relative to the folder.</summary>
    public required string Executable { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Shared libraries of the system beyond the base set, by the name that the loader looks for ("libyara.so.9").</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>
    /// What it will ask to be asked; null when it does not say. Its hello says so too, but until the first hello nobody would know that its
    /// verdicts are missed.
    /// </summary>
    public AskKinds? Asks { get; init; }

    /// <summary>What it will request; the operator has to grant each.</summary>
    public ResponseKinds Rights { get; init; }

    /// <summary>The schemas of content that the engine reads.</summary>
    public IReadOnlyList<SchemaName> Reads { get; init; } = [];
}

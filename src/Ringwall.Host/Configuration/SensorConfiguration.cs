using Ringwall.Contract;

namespace Ringwall.Host.Configuration;

/// <summary>One sensor that is to run.</summary>
internal sealed record SensorConfiguration
{
    /// <summary>What it is called on this machine; unique.</summary>
    public required string Name { get; init; }

    /// <summary>The folder with its sensor.json. The sensor sees it read-only at /sensor. Empty when the configuration names none: it runs once a package is installed.</summary>
    public required string Folder { get; init; }

    /// <summary>Whose releases the fleet may install for it, as release paths name the vendor; null for nobody's.</summary>
    public string? Vendor { get; init; }

    /// <summary>Folders of content. The sensor sees them read-only at /content/0, /content/1 and so on.</summary>
    public IReadOnlyList<string> Content { get; init; } = [];

    /// <summary>Which generation this is the configuration of; 0 is the one that the operator's file names.</summary>
    public long Generation { get; init; }

    /// <summary>What tells it from the other generations that run beside it.</summary>
    public string RunName => Generation == 0 ? Name : $"{Name}.{Generation}";

    /// <summary>What it may request of the host, if its manifest names it too.</summary>
    public ResponseKinds Grants { get; init; }

    public SensorLimits Limits { get; init; } = new();
}

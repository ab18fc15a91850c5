namespace Ringwall.Wire.Packages;

/// <summary>
/// What a package says of itself: its package.json. docs/packages.md describes each key. A package carries an engine, content, or both; what it lacks is taken over from
/// the generation in service.
/// </summary>
public sealed record PackageManifest
{
    public const string FileName = "package.json";

    /// <summary>The format that is described here. A reader refuses others.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>The sensor that it is for, as its sensor.json names it.</summary>
    public required string Sensor { get; init; }

    /// <summary>Whose it is; empty when it does not say.</summary>
    public string Vendor { get; init; } = "";

    /// <summary>The release's version.</summary>
    public required string Version { get; init; }

    /// <summary>Null when the package brings none.</summary>
    public PackagedEngine? Engine { get; init; }

    /// <summary>Null when the package brings none.</summary>
    public PackagedContent? Content { get; init; }

    /// <summary>Every file of the package but package.json itself.</summary>
    public required IReadOnlyList<PackagedFile> Files { get; init; }

    /// <summary>The place of signatures; there are none yet.</summary>
    public IReadOnlyList<string> Signatures { get; init; } = [];
}

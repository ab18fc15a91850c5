using System.Text.Json.Serialization;

namespace Ringwall.Wire.Packages;

/// <summary>One file of a package.</summary>
public sealed record PackagedFile
{
    /// <summary>Below engine/ or content/; <see cref="PackagePath"/> says what a path may be.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>64 hexadecimal digits, lower case.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Only of an engine's files.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Executable { get; init; }
}

using System.Security.Cryptography;
using System.Text.Json;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>What a generation is made of: its generation.json.</summary>
internal sealed record GenerationRecord
{
    public const string FileName = "generation.json";

    public int Format { get; init; } = 1;

    public required long Number { get; init; }

    public required DateTimeOffset Installed { get; init; }

    /// <summary>SHA-256 of the package.json that it was installed from.</summary>
    public required string Package { get; init; }

    /// <summary>The signed release that brought it; null when a person installed it.</summary>
    public string? Release { get; init; }

    /// <summary>The package's, completed with what was taken over.</summary>
    public required PackageManifest Manifest { get; init; }

    /// <summary>Of the whole manifest, whatever the order of its files: the same for the same bytes under the same names and versions.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        Manifest with { Files = [.. Manifest.Files.OrderBy(file => file.Path, StringComparer.Ordinal)], Signatures = [] }, PackageJson.Default.PackageManifest)));
}

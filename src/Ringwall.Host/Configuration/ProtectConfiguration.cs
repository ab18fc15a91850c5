namespace Ringwall.Host.Configuration;

/// <summary>Which files no sensor may deny, besides and without those that Ringwall finds by itself.</summary>
internal sealed record ProtectConfiguration
{
    /// <summary>Files, and folders with everything below them.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Files and folders that sensors may deny after all. Goes before everything else.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Whether what the package database owns, unchanged, is protected.</summary>
    public bool Packages { get; init; } = true;
}

namespace Ringwall.Wire.Packages;

/// <summary>The rules, signatures or models in a package.</summary>
public sealed record PackagedContent
{
    public required string Version { get; init; }

    /// <summary>What it was written for; null when it does not say, which goes only with an engine that does not say either.</summary>
    public ContentSchema? Schema { get; init; }
}

namespace Ringwall.Wire.Packages;

/// <summary>The program in a package.</summary>
public sealed record PackagedEngine
{
    /// <summary>The same as in its sensor.json.</summary>
    public required string Version { get; init; }

    /// <summary>The schemas of content that it reads. Content written for another is kept from it.</summary>
    public IReadOnlyList<SchemaName> Reads { get; init; } = [];
}

namespace Ringwall.Wire.Packages;

/// <summary>One field of a schema.</summary>
/// <param name="Name">Without tabs and newlines.</param>
/// <param name="Type">The vendor's word for its type, without tabs and newlines.</param>
public sealed record SchemaField(string Name, string Type);

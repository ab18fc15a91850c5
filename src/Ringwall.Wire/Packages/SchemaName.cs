namespace Ringwall.Wire.Packages;

/// <summary>A schema of content as an engine names it.</summary>
/// <param name="Id">Its name, the vendor's choice.</param>
/// <param name="Hash"><see cref="ContentSchema.HashOf"/> its fields.</param>
public sealed record SchemaName(string Id, string Hash);

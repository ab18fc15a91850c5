namespace Ringwall.Wire.Probation;

/// <summary>Which bytes were tried.</summary>
/// <param name="Number">Its number on this machine.</param>
/// <param name="Vendor">Who makes it; empty when not said.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="EngineDigest">SHA-256 over the engine's folder, in hexadecimal; null when not taken.</param>
/// <param name="Content">The content's version; empty without content.</param>
/// <param name="ContentDigest">The same over the folders of content.</param>
public sealed record GenerationIdentity(long Number, string Vendor, string Engine, string? EngineDigest = null, string Content = "", string? ContentDigest = null);

namespace Ringwall.Wire.Fleet;

/// <summary>Where a device's trust begins: the first root file of both repositories, in base64. From here on it believes signatures, not servers.</summary>
public sealed record TrustedRoots(string Vendors, string Director);

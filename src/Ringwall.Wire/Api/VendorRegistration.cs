namespace Ringwall.Wire.Api;

/// <summary>What a vendor hands to an operator, as a file or through the API: its name and the public halves of its keys.</summary>
/// <param name="Name">Lower-case letters, digits and '-'.</param>
/// <param name="Keys">PEM, each one "PUBLIC KEY".</param>
/// <param name="Threshold">How many of them sign a release.</param>
public sealed record VendorRegistration(string Name, IReadOnlyList<string> Keys, int Threshold);

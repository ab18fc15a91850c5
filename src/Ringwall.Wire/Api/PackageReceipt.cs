namespace Ringwall.Wire.Api;

/// <summary>A package that the server has, whole and durable.</summary>
/// <param name="Sha256">64 hexadecimal digits.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Known">It was there before.</param>
public sealed record PackageReceipt(string Sha256, long Bytes, bool Known);

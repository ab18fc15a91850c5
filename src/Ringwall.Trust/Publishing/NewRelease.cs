namespace Ringwall.Trust;

/// <summary>A release that a vendor's next targets file adds.</summary>
/// <param name="Path">Whose it is and what it replaces.</param>
/// <param name="File">Its length and digests.</param>
/// <param name="Statement">What the vendor says of it.</param>
public sealed record NewRelease(ReleasePath Path, TargetFile File, VendorStatement Statement);

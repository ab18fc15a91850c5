namespace Ringwall.Cli.Views;

/// <summary>A key as `ringwall keys` shows it.</summary>
/// <param name="File">Where it lies.</param>
/// <param name="Id">Its identifier in signed files.</param>
/// <param name="Kind">What it signs with.</param>
/// <param name="Sealed">Whether the private half is in the file.</param>
/// <param name="Public">PEM; only where one key is shown.</param>
internal sealed record KeyLine(string File, string Id, string Kind, bool Sealed, string? Public = null);

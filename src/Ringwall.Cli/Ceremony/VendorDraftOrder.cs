namespace Ringwall.Cli.Ceremony;

/// <summary>How a package is to be added.</summary>
/// <param name="Stream">What it replaces; null: engine or content, by what is in it.</param>
/// <param name="WayBackTo">The number of the release whose content the way back has, <see cref="TheOneBefore"/>, or null for no way back.</param>
/// <param name="Expires">Until when the targets file is believed.</param>
internal sealed record VendorDraftOrder(string? Stream, long? WayBackTo, DateTimeOffset Expires)
{
    public const long TheOneBefore = 0;
}

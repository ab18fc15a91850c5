namespace Ringwall.Server.Dashboard.Models;

/// <summary>Vendors, what each may sign, and what each may see.</summary>
public sealed record VendorList
{
    public required IReadOnlyList<Row> Rows { get; init; }

    public bool MayChange { get; init; }

    /// <param name="Name">In paths of releases.</param>
    /// <param name="Keys">The ids of the keys whose signatures count.</param>
    /// <param name="Threshold">How many of them a release needs.</param>
    /// <param name="Signs">The paths that it may sign.</param>
    /// <param name="Releases">How many it has published.</param>
    /// <param name="People">Who signs in for it.</param>
    /// <param name="Standing">Whether the operator's signature over its keys is in force.</param>
    /// <param name="Tone">How that looks.</param>
    public sealed record Row(
        string Name, IReadOnlyList<string> Keys, int Threshold, string Signs, int Releases, IReadOnlyList<string> People, string Standing, Tone Tone);
}

using System.Globalization;
using Ringwall.Museum.Replays;

namespace Ringwall.Museum.Pages;

/// <summary>The table on the screen, a line for each exhibit as soon as it was played.</summary>
internal static class ResultTable
{
    private const int NameWidth = 44;

    public static string Head { get; } = $"{"exhibit",-NameWidth} {"outcome",-9} {"control",-9} {"noticed",9} {"gap",9} {"fallback",9} {"longest exec/open",18}  noticed by";

    public static string Line(ExhibitResult result)
    {
        Outcome played = result.Played;
        string control = result.Control switch { null => "-", { Harmless: true } => "HARMLESS", _ => "harmful" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Exhibit.Name,-NameWidth} {(played.Harmless ? "harmless" : "HARMFUL"),-9} {control,-9} {Ms(played.DetectedMs),9} {Ms(played.GapMs),9} {Ms(played.FallbackMs),9} {$"{played.LongestExecMs:0.0}/{played.LongestOpenMs:0.0} ms",18}  {played.NoticedBy}");
    }

    public static string Ms(double? value) => value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:0} ms") : "-";
}

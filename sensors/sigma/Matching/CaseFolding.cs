namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>The one place that decides which characters are equal without regard to case: those with the same simple lower case in Unicode.</summary>
internal static class CaseFolding
{
    /// <summary>Writes as many chars as it reads.</summary>
    public static void Fold(ReadOnlySpan<char> text, Span<char> into) => text.ToLowerInvariant(into);

    public static string Fold(string text) => text.ToLowerInvariant();
}

using Ringwall.Trust;

namespace Ringwall.Cli.Views;

/// <summary>How far a file is that several people sign.</summary>
/// <param name="File">The file.</param>
/// <param name="Who">Whose keys are asked for.</param>
/// <param name="Threshold">How many must sign.</param>
/// <param name="Signed">Identifiers of the keys that have.</param>
/// <param name="Missing">Identifiers of the other keys that may.</param>
/// <param name="Enough">Whether a threshold has signed.</param>
internal sealed record SigningLine(string File, string Who, int Threshold, IReadOnlyList<string> Signed, IReadOnlyList<string> Missing, bool Enough)
{
    public static SigningLine Of(string file, SigningState state) =>
        new(file, state.Who, state.Threshold, [.. state.SignedBy.Select(key => key.Id)], [.. state.Missing.Select(key => key.Id)], state.IsEnough);

    /// <summary>For people: identifiers are cut to what tells them apart.</summary>
    public override string ToString() => Enough
        ? $"{File}: signed by {Signed.Count} of {Threshold} ({Who})"
        : $"{File}: signed by {Signed.Count} of {Threshold} ({Who}); {Threshold - Signed.Count} of these are missing: {string.Join(", ", Missing.Select(Short))}";

    public static string Short(string id) => id.Length <= 12 ? id : id[..12];
}

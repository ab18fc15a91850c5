namespace Ringwall.Host.Responses;

/// <summary>Why a request was not done.</summary>
/// <param name="Word">Out of those of docs/protocol.md, "Outcome": for the sensor.</param>
/// <param name="Detail">For people.</param>
/// <param name="Tried">Something was tried, and nothing was changed in the end.</param>
internal sealed record Refusal(string Word, string Detail, bool Tried = false)
{
    public const string NotGranted = "not-granted";
    public const string Budget = "budget";
    public const string Protected = "protected";
    public const string NotInService = "not-in-service";
    public const string NoTarget = "no-target";
    public const string Gone = "gone";
    public const string Changed = "changed";
    public const string Elsewhere = "elsewhere";
    public const string Busy = "busy";
    public const string Unsupported = "unsupported";
    public const string Unsafe = "unsafe";
    public const string Error = "error";

    /// <summary>All words, as the protocol lists them.</summary>
    public static IReadOnlyList<string> Words { get; } =
        [NotGranted, Budget, Protected, NotInService, NoTarget, Gone, Changed, Elsewhere, Busy, Unsupported, Unsafe, Error];
}

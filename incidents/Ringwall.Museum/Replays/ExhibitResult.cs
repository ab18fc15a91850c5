using Ringwall.Museum.Exhibits;

namespace Ringwall.Museum.Replays;

/// <summary>An exhibit and its control.</summary>
/// <param name="Exhibit">Which.</param>
/// <param name="Played">With every guard.</param>
/// <param name="Control">Without the guard in question; null when only the exhibit was played, as in a drill.</param>
internal sealed record ExhibitResult(Exhibit Exhibit, Outcome Played, Outcome? Control)
{
    /// <summary>The exhibit did no harm, and the control did: otherwise the replay proves nothing.</summary>
    public bool Proven => Played.Harmless && Control is not { Harmless: true };
}

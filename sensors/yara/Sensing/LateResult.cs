using Ringwall.Sensors.Yara.Engine;

namespace Ringwall.Sensors.Yara.Sensing;

/// <summary>What a late scan found, or that it has not ended, or why it never will.</summary>
/// <param name="IsKnown">All rules were evaluated.</param>
/// <param name="Matches">What matched.</param>
/// <param name="Why">When nothing is known: why.</param>
internal sealed record LateResult(bool IsKnown, IReadOnlyList<RuleMatch> Matches, string Why)
{
    public static LateResult Waiting { get; } = new(false, [], "the scan has not ended");

    public static LateResult Clean { get; } = new(true, [], "");
}

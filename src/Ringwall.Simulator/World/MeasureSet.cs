using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>The standard measures and thirty that sensors bring along.</summary>
internal static class MeasureSet
{
    public static Measure[] Forty { get; } =
    [
        .. Measures.Standard,
        .. Enumerable.Range(1, 30).Select(i => new Measure($"sensor measure {i}", IsHarm: false, UsualRate: 1e-3 / 1440, Weight: 0.5)),
    ];
}

using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// The standard measures and thirty that sensors bring along. What is usual was measured in the weeks before, on fleets that have chronically ill devices too.
/// </summary>
internal static class MeasureSet
{
    public static Measure[] Forty { get; } =
    [
        .. Measures.Standard.Select((measure, i) => measure with { UsualRate = measure.UsualRate + Chronic(i, new FleetShape()) }),
        .. Enumerable.Range(1, 30).Select(i => new Measure($"sensor measure {i}", IsHarm: false, UsualRate: 1e-3 / 1440, Weight: 0.5)),
    ];

    /// <summary>The part of a measure's usual rate that chronically ill devices make at the start, before they are used up.</summary>
    public static double Chronic(int measure, FleetShape shape) => measure switch
    {
        Measures.Crash => shape.ChronicCrash / (shape.ChronicHours * 60),
        Measures.Latency => shape.ChronicSlow / (shape.ChronicHours * 60),
        _ => 0,
    };
}

using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>
/// How releases of one stream follow each other: the one notion of "behind" that the rules, the director and the end of a rollout share. A newer release stops the older one's growth when it begins, and ends it
/// when it has reached everybody whom no pin keeps behind.
/// </summary>
internal static class Succession
{
    private static readonly string[] Rings = ["canary", "early", "broad", "critical"];

    /// <summary>How many newer releases of the stream are complete: 0 for the newest, 1 for N−1.</summary>
    /// <param name="rollout">The older one.</param>
    /// <param name="all">All that are neither waiting nor superseded.</param>
    public static int Behind(Rollout rollout, IEnumerable<Rollout> all) => all.Count(other => other.State == RolloutStates.Complete && IsNewer(other, rollout));

    /// <summary>Whether the operator's pins let a ring have it.</summary>
    public static bool MayHave(string ring, string stream, int behind, FleetPolicy policy) => policy.Pins.All(pin => pin.Ring != ring || pin.Stream != stream || pin.Behind <= behind);

    /// <summary>By ring, whether something newer that the ring may have has begun and was not halted.</summary>
    public static bool[] Overtaken(Rollout rollout, IReadOnlyList<Rollout> all, FleetPolicy policy) => [.. Rings.Select(ring => all.Any(other =>
        IsNewer(other, rollout) && other.HasBegun && other.IsDriven && MayHave(ring, other.Stream, Behind(other, all), policy)))];

    /// <summary>Whether no ring needs it any more: neither as the one that it takes, nor, in a pinned ring, as the one that it runs while it is let in to the next.</summary>
    public static bool IsOver(Rollout rollout, IReadOnlyList<Rollout> all, FleetPolicy policy)
    {
        int most = policy.Pins.Where(pin => pin.Stream == rollout.Stream).Select(pin => pin.Behind).DefaultIfEmpty(0).Max();
        return Behind(rollout, all) > (most == 0 ? 0 : most + 1);
    }

    public static bool IsNewer(Rollout other, Rollout than) => other.Number > than.Number && other.Vendor == than.Vendor && other.Sensor == than.Sensor && other.Stream == than.Stream;
}

namespace Ringwall.Rollouts;

/// <summary>The operator's numbers. Every default is argued for in docs/rollout-rules.md.</summary>
public sealed record RolloutPolicy
{
    /// <summary>How many devices one release may harm, whatever the fleet's size.</summary>
    public int HarmBudget { get; init; } = 25;

    /// <summary>How long a device must run a release, awake, before its good health counts.</summary>
    public int SoakMinutes { get; init; } = 24;

    public int UrgentSoakMinutes { get; init; } = 8;

    /// <summary>Probability of ever halting a release that does nothing.</summary>
    public double FalseHalt { get; init; } = 0.005;

    /// <summary>After a halt: the expected share of wrongly named comparisons among those that are named.</summary>
    public double WronglyNamed { get; init; } = 0.05;

    /// <summary>From this e-value on, growth gets half of the budget: not proof, but a reason to be slow. Standing still would never tell.</summary>
    public double Suspicion { get; init; } = 20;

    /// <summary>One-sided credibility of every bound on harm.</summary>
    public double Credibility { get; init; } = 0.95;

    /// <summary>A measure is judged only when this many exposed devices showed it.</summary>
    public int MinimumEvents { get; init; } = 2;

    /// <summary>And when this many devices run the release.</summary>
    public int MinimumDevices { get; init; } = 8;

    /// <summary>Matured healthy devices that canary, early and broad must show, over all cells, before the next ring opens.</summary>
    public int[] EnoughInRing { get; init; } = [12, 100, 10_000];

    /// <summary>The same in each cell (or four fifths of the reachable devices there, if that is fewer).</summary>
    public int[] EnoughInCell { get; init; } = [1, 4, 50];

    /// <summary>How much of what is left of the budget a ring's strata without any evidence may take at once, by ring.</summary>
    public double[] StartShare { get; init; } = [0.85, 0.85, 0.85, 0.3];

    /// <summary>Of the devices that sleep with the release waiting for them, the part that counts as in flight: so many may wake within a soak.</summary>
    public double SleeperWeight { get; init; } = 0.5;

    /// <summary>How much of one failure domain may be out at a time: exposed and not matured, harmed ones included. 1 switches it off.</summary>
    public double DomainShare { get; init; } = 0.5;

    /// <summary>The part of each stratum that waits, as something to compare with, until the rest has run for <see cref="HoldbackMinutes"/>.</summary>
    public double Holdback { get; init; } = 0.02;

    public int HoldbackMinutes { get; init; } = 24 * 60;

    /// <summary>No new matured device for this long while some are awaited, or nobody more to let in: inconclusive.</summary>
    public int PatienceMinutes { get; init; } = 12 * 60;

    /// <summary>A larger share of evidence set aside than this is inconclusive.</summary>
    public double MostSetAside { get; init; } = 0.2;

    /// <summary>Exposure is published again only when it grows by this much (or completes).</summary>
    public double SmallestStep { get; init; } = 0.05;

    /// <summary>Maintenance windows by ring; a ring without any is always open.</summary>
    public MinuteRange[][] Windows { get; init; } = [[], [], [], []];

    /// <summary>In a freeze no exposure grows and no device installs.</summary>
    public MinuteRange[] Freezes { get; init; } = [];

    /// <summary>Pins by ring and stream: 0 takes the newest, 1 stays at N−1, 2 at N−2.</summary>
    public int[][] Pins { get; init; } = [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]];

    public int Soak(bool urgent) => urgent ? UrgentSoakMinutes : SoakMinutes;

    /// <summary>Devices of a stratum that wait as control: the share, and in small strata one of four or two of eight, because none can be compared with none.</summary>
    public int HeldBack(int enrolled) => Holdback <= 0 ? 0 : Math.Max(Math.Min(2, enrolled / 4), (int)Math.Floor(Holdback * enrolled));

    /// <summary>Devices of a stratum that may be exposed without having matured, so that no failure domain has more than its share out. Harmed ones stay among them.</summary>
    public int MostInFlight(int enrolled) => (int)Math.Max(1, Math.Floor(DomainShare * enrolled));

    /// <summary>Whether the ring stays behind this release: for it the release is not there, and waits for nobody in it.</summary>
    public bool IsPinned(Ring ring, ReleaseFacts release) => release.Behind < Pins[(int)ring][(int)release.Stream];

    /// <summary>
    /// What forbids that a ring takes the release at this minute, or null. The rules ask before they let devices in; a device asks again before it installs,
    /// so that a freeze also holds back those that were let in before it.
    /// </summary>
    public ReasonCode? Forbids(Ring ring, ReleaseFacts release, long minute)
    {
        if (Freezes.Any(range => range.Holds(minute)))
        {
            return ReasonCode.Frozen;
        }

        if (IsPinned(ring, release))
        {
            return ReasonCode.Pinned;
        }

        if (release.IsOvertakenIn(ring))
        {
            return ReasonCode.Overtaken;
        }

        MinuteRange[] windows = Windows[(int)ring];
        return windows.Length > 0 && !windows.Any(range => range.Holds(minute)) ? ReasonCode.OutsideWindow : null;
    }
}

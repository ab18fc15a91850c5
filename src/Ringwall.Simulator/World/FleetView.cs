using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>What a strategy can see of the fleet, and where it writes its wishes.</summary>
internal sealed class FleetView(int strata, FleetCounts counts)
{
    public int Minute { get; set; }

    public FleetCounts Counts { get; } = counts;

    /// <summary>Devices let in, by stratum. Strategies raise these.</summary>
    public int[] Exposed { get; } = new int[strata];

    public int[] Installed { get; } = new int[strata];

    public int[] FallbackAlive { get; } = new int[strata];

    public EvidenceWindow Window { get; } = new(strata);

    /// <summary>Installations that a device reported as well done or as failed (a fault within the first minutes), for strategies that look at nothing else.</summary>
    public long InstallsReportedWell { get; set; }

    public long InstallsReportedFailed { get; set; }

    /// <summary>Installations from which nothing came back.</summary>
    public long InstallsUnanswered { get; set; }

    /// <summary>Devices visibly down, as callers to a help desk report them.</summary>
    public long VisiblyHarmed { get; set; }

    public IReadOnlyList<Change> Changes { get; set; } = [];

    public bool Halted { get; set; }

    public long ExposedAll
    {
        get
        {
            long sum = 0;
            foreach (int count in Exposed)
            {
                sum += count;
            }

            return sum;
        }
    }
}

using System.Data.Common;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Health;

namespace Ringwall.Server.Rollouts;

/// <summary>A rollout as its driver has it in memory: the ledger with every window so far. It is thrown away whenever what was written may be something else, and read anew.</summary>
internal sealed class LiveRollout
{
    private LiveRollout(string release, EvidenceLedger ledger, long folded)
    {
        Release = release;
        Ledger = ledger;
        Folded = folded;
    }

    public string Release { get; }

    public EvidenceLedger Ledger { get; }

    /// <summary>The last minute that is in the ledger.</summary>
    public long Folded { get; private set; }

    public static async Task<LiveRollout> ReadAsync(DbConnection connection, Rollout rollout)
    {
        string[] cells = rollout.CellNames;
        EvidenceLedger ledger = new(new FleetCounts(cells, new int[cells.Length * FleetCounts.Rings], new int[cells.Length * FleetCounts.Rings]), Measures.Standard);
        LiveRollout live = new(rollout.Release, ledger, rollout.Folded);
        foreach (byte[] body in await connection.QueryAsync<byte[]>("SELECT body FROM rollouts_windows WHERE rollout = @Id AND minute <= @Folded ORDER BY minute", rollout).ConfigureAwait(false))
        {
            ledger.Add(Packed.Window(body));
        }

        return live;
    }

    public void Fold(EvidenceWindow window)
    {
        Ledger.Add(window);
        Folded = window.Minute;
    }

    /// <summary>When each stratum's exposure last grew; −1 for never.</summary>
    public static long[] Grown(IReadOnlyList<ExposureStep> steps, int strata)
    {
        long[] grown = new long[strata];
        Array.Fill(grown, -1);
        double[] before = new double[strata];
        foreach (ExposureStep step in steps)
        {
            for (int s = 0; s < strata; s++)
            {
                if (step.Exposure[s] > before[s])
                {
                    grown[s] = step.Minute;
                }
            }

            before = step.Exposure;
        }

        return grown;
    }
}

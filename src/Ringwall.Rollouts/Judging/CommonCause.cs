namespace Ringwall.Rollouts;

/// <summary>
/// Devices that do not have the release got worse too. Then something else happened: an update of the system, an outage of our own servers. The release
/// is neither blamed nor cleared; it pauses.
/// </summary>
/// <param name="Measure">What got worse, or −1 when reports are missing.</param>
/// <param name="Cells">Where.</param>
/// <param name="Seen">How many devices without the release showed it in the last half hour (or the share of reports that came).</param>
/// <param name="Usual">How many usually do (or the share that usually comes).</param>
/// <param name="Suspects">Changes that reached those cells in the two hours before, or none that we know.</param>
public sealed record CommonCause(int Measure, int[] Cells, double Seen, double Usual, string[] Suspects)
{
    /// <summary>Twice the usual, and one and a half times the usual explains it only once in a thousand million looks.</summary>
    private const double Worse = 2;

    private const double Slack = 1.5;

    private const double Chance = 1e-9;

    private const int Fewest = 10;

    private const double FewestReports = 0.7;

    private const long Before = 120;

    public static CommonCause? Find(EvidenceLedger ledger, IReadOnlyList<Change> changes, long now)
    {
        if (ledger.RecentReportShare < FewestReports)
        {
            int[] everywhere = [.. Enumerable.Range(0, ledger.Cells)];
            return new CommonCause(-1, everywhere, ledger.RecentReportShare, 1, Attribute(changes, everywhere, now));
        }

        for (int measure = 0; measure < ledger.Measures.Length; measure++)
        {
            double usual = ledger.Measures[measure].UsualRate;
            List<int>? cells = null;
            double seen = 0;
            double expected = 0;
            for (int cell = 0; cell < ledger.Cells; cell++)
            {
                int count = ledger.RecentControl(cell, measure);
                double mean = usual * ledger.RecentControlAtRisk(cell);
                if (count >= Fewest && count > Worse * mean && Bounds.PoissonAtLeast(count, Slack * mean) < Chance)
                {
                    (cells ??= []).Add(cell);
                    seen += count;
                    expected += mean;
                }
            }

            if (cells is not null)
            {
                int[] where = [.. cells];
                return new CommonCause(measure, where, seen, expected, Attribute(changes, where, now));
            }
        }

        return null;
    }

    private static string[] Attribute(IReadOnlyList<Change> changes, int[] cells, long now)
    {
        var names = new List<string>();
        foreach (Change change in changes)
        {
            bool recent = change.StartedMinute <= now && change.StartedMinute >= now - Before;
            if (recent && (change.Cells.Length == 0 || change.Cells.Any(cells.Contains)))
            {
                names.Add(change.Name);
            }
        }

        return [.. names];
    }
}

using System.Text.Json;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Fleet;

/// <summary>Makes of what happened, and of how the device is, what fits into one report.</summary>
internal sealed class FleetReports(FleetStandings standings, FleetFacts facts, FleetMachine machine, TimeProvider clock)
{
    private const int LongestProbation = 48 * 1024;

    /// <summary>The next report; what finds no room waits for the one after it.</summary>
    /// <param name="after">The last number that the agent has.</param>
    /// <param name="health">How the host is.</param>
    /// <param name="releases">How the fleet's releases are.</param>
    /// <returns>Null when the disk refuses.</returns>
    public DoorFacts? Tell(long after, DeviceHealth health, IReadOnlyList<ReleaseReport> releases)
    {
        List<HarmReport> harms = [];
        List<ReleaseProbation> probations = [];
        int room = DeviceLimits.Probations * LongestProbation;
        return facts.Tell(after, Takes, out long number, out bool hasMore) is null
            ? null
            : new DoorFacts(
                number,
                new DeviceReport
                {
                    Sequence = 0,
                    At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    Boot = machine.Boot,
                    Cell = CellName.Of(machine.Cell()),
                    Host = machine.Version,
                    Releases = releases,
                    Harms = harms,
                    Health = health,
                    Probations = probations,
                },
                hasMore,
                facts.Lost);

        bool Takes(Fact fact)
        {
            if (fact.Harm is { } harm)
            {
                if (harms.Count == DeviceLimits.Harms)
                {
                    return false;
                }

                harms.Add(harm);
                return true;
            }

            if (probations.Count == DeviceLimits.Probations)
            {
                return false;
            }

            if (machine.Probation(fact.Sensor!, fact.Generation) is { Result: not ProbationResult.Running } report)
            {
                ProbationReport fits = Fitting(report);
                room -= LongestProbation;
                probations.Add(new ReleaseProbation(fits, standings.ReleaseOf(fact.Sensor!, fact.Generation)));
            }

            return room >= 0;
        }
    }

    // A report travels with others, and a thousand files that it would deny tell no more than the first.
    private static ProbationReport Fitting(ProbationReport report)
    {
        for (int keep = report.Differences.Count; ; keep /= 2)
        {
            ProbationReport fits = report with
            {
                Differences = [.. report.Differences.Take(keep)],
                DifferencesLeftOut = report.DifferencesLeftOut + report.Differences.Count - keep,
                ShownLast = keep == report.Differences.Count ? report.ShownLast : [.. report.ShownLast.TakeLast(4)],
            };
            if (keep == 0 || JsonSerializer.SerializeToUtf8Bytes(fits, Wire.Control.ControlReplyJson.Lines.ProbationReport).Length <= LongestProbation)
            {
                return fits;
            }
        }
    }
}

using System.Security.Cryptography;
using Ringwall.Host.Control;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

// Owns:     the probations of this host: of each sensor the one that runs, or ran last.
// Threads:  Start by the succession thread, Find by any.

/// <summary>Tries generations, and shows how that goes.</summary>
internal sealed class Probations(ProbationContext context, GenerationStore? store) : IProbationReports, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Number, ProbationRun Run)> _runs = [];

    /// <summary>Hears of each probation that ended. The probation's thread; must not wait.</summary>
    public Action<ProbationReport> Over { get; set; } = _ => { };

    /// <inheritdoc cref="StartTrial"/>
    public IDisposable Start(Generation generation, IShadow candidate, IShadow? current, Action<TrialOutcome> done)
    {
        Generation? before = current is null ? null : store?.InService(generation.Sensor);
        ProbationTrial trial = new()
        {
            Sensor = generation.Sensor,
            Candidate = candidate,
            Current = current,
            Identity = () => Identify(generation),
            CurrentIdentity = before is null ? null : () => Identify(before),
        };
        ProbationRun run = ProbationRun.Start(
            trial,
            context,
            RandomNumberGenerator.GetInt32(int.MaxValue),
            report =>
            {
                Over(report);
                done(new TrialOutcome(report.Result == ProbationResult.Passed, Why(report)));
            });
        lock (_lock)
        {
            _runs[generation.Sensor] = (generation.Number, run);
        }

        return run;
    }

    /// <inheritdoc/>
    public ProbationReport? Find(string sensor, long? number)
    {
        lock (_lock)
        {
            if (_runs.TryGetValue(sensor, out (long Number, ProbationRun Run) latest) && (number is null || number == latest.Number))
            {
                return latest.Run.Report();
            }
        }

        return ProbationReportFile.TryRead(context.Folder, sensor, number);
    }

    /// <summary>Ends all that run, and waits for their last words.</summary>
    public void Dispose()
    {
        ProbationRun[] runs;
        lock (_lock)
        {
            runs = [.. _runs.Values.Select(one => one.Run)];
        }

        foreach (ProbationRun run in runs)
        {
            run.Dispose();
            run.Join();
        }
    }

    private static string Why(ProbationReport report) => report.Result == ProbationResult.Inconclusive ? $"inconclusive: {report.Because}" : report.Because;

    private static GenerationIdentity Identify(Generation generation) => new(
        generation.Number,
        generation.Vendor,
        generation.EngineVersion,
        FolderDigest.Of([generation.Engine]),
        generation.ContentVersion,
        generation.Content.Count == 0 ? null : FolderDigest.Of(generation.Content));
}

using Ringwall.Museum.Canary;

namespace Ringwall.Museum.Replays;

/// <summary>Decides, and only decides, whether what the canary met was harm.</summary>
internal static class Judgement
{
    /// <summary>What an operation may wait beyond its deadline, on a machine that is not too busy to tell.</summary>
    public const double UsualGraceMs = 50;

    /// <summary>The same, here.</summary>
    public static double GraceMs { get; set; } = UsualGraceMs;

    private const int MostOfEach = 3;

    /// <param name="operations">All that the canary did.</param>
    /// <param name="execMs">The deadline of an execution, which the kernel asks about twice: as an execution and as an open.</param>
    /// <param name="openMs">The deadline of an open.</param>
    /// <returns>A sentence for each harm, of many of a kind the first few.</returns>
    public static IReadOnlyList<string> HarmsOf(IReadOnlyList<Operation> operations, double execMs, double openMs) =>
        [.. FailuresOf(operations), .. DelaysOf(operations, execMs, openMs)];

    public static IReadOnlyList<string> FailuresOf(IReadOnlyList<Operation> operations)
    {
        List<string> harms = [];
        foreach (IGrouping<OperationKind, Operation> kind in operations.Where(operation => operation.Kind is not (OperationKind.Watch or OperationKind.Cue)).GroupBy(operation => operation.Kind))
        {
            Operation[] failed = [.. kind.Where(operation => operation.Error != 0)];
            IGrouping<string, Operation>[] subjects = [.. failed.GroupBy(operation => operation.Subject)];
            harms.AddRange(subjects.Take(MostOfEach).Select(subject => $"{subject.Count()} of {Named(kind.Key)} failed ({subject.First().Error}): {subject.Key}"));
            if (subjects.Length > MostOfEach)
            {
                harms.Add($"and {subjects.Skip(MostOfEach).Sum(subject => subject.Count())} more of {Named(kind.Key)} failed");
            }
        }

        return harms;
    }

    /// <summary>Operations that waited longer than their deadline and the grace.</summary>
    public static IReadOnlyList<string> DelaysOf(IReadOnlyList<Operation> operations, double execMs, double openMs)
    {
        List<string> harms = [];
        foreach (IGrouping<OperationKind, Operation> kind in operations.GroupBy(operation => operation.Kind))
        {
            double? bound = kind.Key switch
            {
                OperationKind.Exec => execMs + openMs + GraceMs,
                OperationKind.Open or OperationKind.Watch or OperationKind.Change or OperationKind.Cue => openMs + GraceMs,
                _ => null,
            };
            Operation[] late = [.. kind.Where(operation => operation.TookMs > bound)];
            if (late.Length > 0)
            {
                Operation worst = late.MaxBy(operation => operation.TookNs)!;
                harms.Add($"{late.Length} of {Named(kind.Key)} waited longer than {bound:0} ms, the longest {worst.TookMs:0} ms ({worst.Subject})");
            }
        }

        return harms;
    }

    /// <summary>Milliseconds in which what is to be refused was allowed, from one look to the next.</summary>
    public static double GapMs(IEnumerable<Operation> operations)
    {
        double gap = 0;
        Operation? before = null;
        foreach (Operation watch in operations.Where(operation => operation.Kind == OperationKind.Watch).OrderBy(operation => operation.StartedNs))
        {
            gap += before is { Error: 0 } ? (watch.StartedNs - before.StartedNs) / 1e6 : 0;
            before = watch;
        }

        return gap;
    }

    private static string Named(OperationKind kind) => kind switch
    {
        OperationKind.Exec => "the executions",
        OperationKind.Open => "the opens",
        OperationKind.Watch => "the opens of what is to be refused",
        OperationKind.Change => "the changes",
        OperationKind.Cue => "what the fault waits for",
        OperationKind.Login => "the logins",
        _ => "the installations",
    };
}

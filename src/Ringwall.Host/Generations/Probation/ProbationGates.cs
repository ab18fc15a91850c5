using System.Globalization;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Decides, and only decides, what the observations of a probation are worth. Pure.</summary>
/// <param name="bounds">The operator's.</param>
/// <param name="deadline">How long those in service may take over an open: a tenth of it in the middle, and half of it at most, is good enough whatever the other needs.</param>
internal sealed class ProbationGates(ProbationBounds bounds, TimeSpan deadline)
{
    // Below these nothing is compared: they cost nobody anything, and small numbers differ by chance.
    private const long FewEvents = 500;
    private const long FewVerdicts = 200;
    private const int FewMissed = 10;
    private const long CpuFloorNs = 250_000;

    // It has just been shown hundreds of files; the one in service may have seen none yet.
    private const long MemoryHeadroomBytes = 64L * 1024 * 1024;
    private const long FindingsFloor = 100;
    private const double BytesPerMebibyte = 1024.0 * 1024;

    // A class that is seldom asked has to be seen, too, but less often.
    private const int ShareOfOneClass = 10;

    /// <summary>Judges. As long as nothing failed and the soak time is not over, the result is <see cref="ProbationResult.Running"/>.</summary>
    public ProbationJudgement Judge(ProbationObservations seen)
    {
        ProbationGate[] gates =
        [
            Started(seen),
            Struck(seen),
            Deadlines(seen),
            Protected(seen),
            Differing("new-denials", seen, seen.NewDenials, bounds.NewDenials, "denied by it and allowed by the one in service"),
            Differing("lost-denials", seen, seen.LostDenials, bounds.LostDenials, "allowed by it and denied by the one in service"),
            Cpu(seen),
            Memory(seen),
            Latency("latency-half", seen, cost => cost.HalfNs, (long)(deadline / 10).TotalNanoseconds, "half of the verdicts"),
            Latency("latency-most", seen, cost => cost.MostNs, (long)(deadline / 2).TotalNanoseconds, "99 of 100 verdicts"),
            Findings(seen),
            Asked("seen-exec", seen, AskKinds.Exec, seen.Current is null ? seen.AnsweredExec : seen.ComparedExec, "executions"),
            Asked("seen-open", seen, AskKinds.Open, seen.Current is null ? seen.AnsweredOpen : seen.ComparedOpen, "opens"),
            AskedAll(seen),
            Told(seen),
        ];
        string[] failed = [.. gates.Where(gate => gate.State == GateState.Failed).Select(gate => gate.Says)];
        if (failed.Length > 0)
        {
            return new ProbationJudgement(ProbationResult.Refused, string.Join("; ", failed), gates);
        }

        if (seen.Soaked is not { } soaked || soaked < bounds.Soak)
        {
            return new ProbationJudgement(ProbationResult.Running, "the soak time is not over", gates);
        }

        string[] waiting = [.. gates.Where(gate => gate.State == GateState.Waiting).Select(gate => gate.Says)];
        if (waiting.Length == 0)
        {
            return new ProbationJudgement(ProbationResult.Passed, "every gate holds", gates);
        }

        return seen.Elapsed < bounds.WaitAtMost
            ? new ProbationJudgement(ProbationResult.Running, $"not enough was seen yet: {string.Join("; ", waiting)}", gates)
            : new ProbationJudgement(
                ProbationResult.Inconclusive, $"not enough was seen within {Spoken(bounds.WaitAtMost)}: {string.Join("; ", waiting)}", gates);
    }

    private ProbationGate Started(ProbationObservations seen)
    {
        ProbationGate gate = new()
        {
            Name = "started",
            State = GateState.Passed,
            Value = (long?)seen.StartedIn?.TotalMilliseconds,
            Bound = (long)bounds.StartWithin.TotalMilliseconds,
            Unit = "ms",
            Says = "",
        };
        return seen.StartedIn switch
        {
            { } took when took > bounds.StartWithin =>
                gate with { State = GateState.Failed, Says = $"it took {Spoken(took)} to start, and may take {Spoken(bounds.StartWithin)}" },
            { } took => gate with { Says = $"it started in {Spoken(took)}" },
            null when seen.HasEnded || seen.Elapsed > bounds.StartWithin =>
                gate with { State = GateState.Failed, Says = seen.HasEnded ? "it did not start" : $"it did not start within {Spoken(bounds.StartWithin)}" },
            null => gate with { State = GateState.Waiting, Says = "it has not started yet" },
        };
    }

    private static ProbationGate Struck(ProbationObservations seen) => new()
    {
        Name = "strikes",
        State = seen.Strikes.Count > 0 || seen.HasEnded ? GateState.Failed : GateState.Passed,
        Value = seen.Strikes.Count,
        Bound = 0,
        Unit = "strikes",
        Says = seen.Strikes.Count > 0 ? string.Join("; ", seen.Strikes) : seen.HasEnded ? "it has ended" : "it neither crashed nor hung, and kept to its limits",
    };

    private ProbationGate Deadlines(ProbationObservations seen)
    {
        // On a machine that keeps the one in service from answering in time, nobody else is expected to.
        long expected = seen.Current is { Asked: > 0 } current ? seen.Asked * 2 * current.Missed / current.Asked : 0;
        long bound = Math.Max(FewMissed, Math.Max(expected, seen.Asked * bounds.MissedPercent / 100));
        bool failed = seen.Missed > bound;
        return new ProbationGate
        {
            Name = "deadlines",
            State = failed ? GateState.Failed : GateState.Passed,
            Value = seen.Missed,
            Bound = bound,
            Unit = "asks",
            Says = $"{Count(seen.Missed)} of {Count(seen.Asked)} verdicts were not there in time{(failed ? $", and {Count(bound)} may be" : "")}",
        };
    }

    private static ProbationGate Protected(ProbationObservations seen) => new()
    {
        Name = "protected",
        State = seen.ProtectedDenied > 0 ? GateState.Failed : GateState.Passed,
        Value = seen.ProtectedDenied,
        Bound = 0,
        Unit = "files",
        Says = seen.ProtectedDenied == 0 ? "it denied no file of the protected set"
            : $"it denies {Files(seen.ProtectedDenied)} of the protected set, among them {seen.ProtectedExample}",
    };

    private static ProbationGate Differing(string name, ProbationObservations seen, long files, long bound, string which)
    {
        ProbationGate gate = new() { Name = name, State = GateState.Passed, Value = files, Bound = bound, Unit = "files", Says = $"{Files(files)} {which}" };
        return seen.Current is null && seen.ComparedExec + seen.ComparedOpen == 0
            ? NotJudged(gate, "there is nothing to compare its verdicts with")
            : files > bound ? gate with { State = GateState.Failed, Says = $"{gate.Says}, and {Count(bound)} may be" } : gate;
    }

    private ProbationGate Cpu(ProbationObservations seen)
    {
        ProbationGate gate = new() { Name = "cpu", State = GateState.Passed, Unit = "µs per event", Says = "" };
        if (seen is not { Candidate: { CpuTime: { } its, Events: >= FewEvents } candidate, Current: { CpuTime: { } others, Events: >= FewEvents } current })
        {
            return NotJudged(gate, "too few events to compare its processor time");
        }

        return Compared(
            gate, (long)its.TotalNanoseconds / candidate.Events, (long)others.TotalNanoseconds / current.Events, bounds.CpuPercent, CpuFloorNs, 1000, "of processor time for each event");
    }

    private ProbationGate Memory(ProbationObservations seen)
    {
        ProbationGate gate = new() { Name = "memory", State = GateState.Passed, Unit = "MiB", Says = "" };
        return seen is not { Candidate.MemoryBytes: { } its, Current.MemoryBytes: { } others }
            ? NotJudged(gate, "this machine does not tell, or there is nothing to compare with")
            : Compared(gate, its, others, bounds.MemoryPercent, others + MemoryHeadroomBytes, BytesPerMebibyte, "of memory");
    }

    private ProbationGate Latency(string name, ProbationObservations seen, Func<GenerationCost, long> which, long floor, string of)
    {
        ProbationGate gate = new() { Name = name, State = GateState.Passed, Unit = "µs", Says = "" };
        return seen is not { Candidate: { Verdicts: >= FewVerdicts } candidate, Current: { Verdicts: >= FewVerdicts } current }
            ? NotJudged(gate, "too few verdicts to compare their times")
            : Compared(gate, which(candidate), which(current), bounds.LatencyPercent, floor, 1000, $"for {of}");
    }

    private ProbationGate Findings(ProbationObservations seen)
    {
        ProbationGate gate = new() { Name = "findings", State = GateState.Passed, Unit = "findings", Says = "" };
        if (seen is not { Candidate: { } candidate, Current: { } current })
        {
            return NotJudged(gate, "there is nothing to compare them with");
        }

        long bound = Math.Max(FindingsFloor, current.Findings * bounds.FindingsPercent / 100);
        bool failed = candidate.Findings > bound;
        return gate with
        {
            State = failed ? GateState.Failed : GateState.Passed,
            Value = candidate.Findings,
            Bound = bound,
            Says = $"{Count(candidate.Findings)} findings, the one in service {Count(current.Findings)}{(failed ? $", and {Count(bound)} may be" : "")}",
        };
    }

    private ProbationGate Asked(string name, ProbationObservations seen, AskKinds kind, long count, string what)
    {
        long bound = Math.Max(1, bounds.Asks / ShareOfOneClass);
        ProbationGate gate = new() { Name = name, State = GateState.Passed, Value = count, Bound = bound, Unit = "asks", Says = $"{Count(count)} {what} were judged" };
        return bounds.Asks == 0 || (seen.StartedIn is not null && (seen.Asks & kind) == 0)
            ? NotJudged(gate, $"it is not asked about {what}, or need not be")
            : count < bound ? gate with { State = GateState.Waiting, Says = $"{Count(count)} of {Count(bound)} {what} were judged" } : gate;
    }

    private ProbationGate AskedAll(ProbationObservations seen)
    {
        long count = seen.Current is null ? seen.AnsweredExec + seen.AnsweredOpen : seen.ComparedExec + seen.ComparedOpen;
        ProbationGate gate = new() { Name = "seen-asks", State = GateState.Passed, Value = count, Bound = bounds.Asks, Unit = "asks", Says = $"{Count(count)} real asks were judged" };
        return bounds.Asks == 0 || (seen.StartedIn is not null && seen.Asks == AskKinds.None)
            ? NotJudged(gate, "it is asked nothing, or need not be")
            : count < bounds.Asks ? gate with { State = GateState.Waiting, Says = $"{Count(count)} of {Count(bounds.Asks)} real asks were judged" } : gate;
    }

    private ProbationGate Told(ProbationObservations seen)
    {
        ProbationGate gate = new()
        {
            Name = "seen-tells",
            State = GateState.Passed,
            Value = seen.Told,
            Bound = bounds.Tells,
            Unit = "events",
            Says = $"{Count(seen.Told)} real events were told",
        };
        return bounds.Tells == 0 || (seen.StartedIn is not null && seen.Tells == TellKinds.None)
            ? NotJudged(gate, "it is told nothing, or need not be")
            : seen.Told < bounds.Tells ? gate with { State = GateState.Waiting, Says = $"{Count(seen.Told)} of {Count(bounds.Tells)} real events were told" } : gate;
    }

    private static ProbationGate Compared(ProbationGate gate, long its, long others, int percent, long floor, double unit, string what)
    {
        long bound = Math.Max(floor, (long)(others * (percent / 100.0)));
        string unitName = gate.Unit.Split(' ')[0];
        string says = $"{Count((long)(its / unit))} {unitName} {what}, the one in service {Count((long)(others / unit))}";
        return gate with
        {
            State = its > bound ? GateState.Failed : GateState.Passed,
            Value = (long)(its / unit),
            Bound = (long)(bound / unit),
            Says = its > bound ? $"{says}, and {Count((long)(bound / unit))} may be" : says,
        };
    }

    private static ProbationGate NotJudged(ProbationGate gate, string why) => gate with { State = GateState.NotJudged, Bound = null, Says = why };

    private static string Files(long count) => count == 1 ? "1 file" : $"{Count(count)} files";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Spoken(TimeSpan time) => time.TotalSeconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min");
}

using Ringwall.Contract;
using Ringwall.Host.Deliver.Asks;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

// Owns:     everything that was counted.
// Threads:  any: the run's own, the shadow's, the review's. One lock, held for moments; nothing is called under it.

/// <summary>Writes down what a candidate was shown and what it said.</summary>
internal sealed class ProbationLedger
{
    /// <summary>So many differing files are listed; the rest is counted.</summary>
    public const int DifferencesListed = 200;

    // More distinct files than these are not told apart; a gate has failed long before.
    private const int FilesToldApart = 10_000;
    private const int LongestText = 512;
    private const int ShownKept = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, PendingAsk> _open = [];
    private readonly Tally[] _tallies = [.. Enum.GetValues<ProbationStage>().Select(_ => new Tally())];
    private readonly HashSet<(FileKey, DifferenceKind)> _files = [];
    private readonly Dictionary<(FileKey, EventClass, DifferenceKind), ProbationDifference> _differences = [];
    private readonly long[] _distinct = new long[Enum.GetValues<DifferenceKind>().Length];
    private readonly Queue<string> _shown = [];
    private readonly LatencyHistogram _candidate = new();
    private readonly LatencyHistogram _current = new();
    private long _leftOut;
    private string? _protectedExample;

    private enum DifferenceKind
    {
        Protected,
        New,
        Lost,
    }

    /// <summary>Asks without an end.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>It is about to be sent this.</summary>
    public void Asking(ulong ticket, PendingAsk ask)
    {
        lock (_lock)
        {
            _open.Add(ticket, ask);
            _tallies[(int)ask.Stage].Asks++;
        }
    }

    /// <summary>It was not sent after all.</summary>
    public void NotAsked(ulong ticket)
    {
        lock (_lock)
        {
            if (_open.Remove(ticket, out PendingAsk? ask))
            {
                _tallies[(int)ask.Stage].Asks--;
            }
        }
    }

    public void PassedOver(ProbationStage stage)
    {
        lock (_lock)
        {
            _tallies[(int)stage].PassedOver++;
        }
    }

    /// <summary>It was told these events.</summary>
    /// <param name="stage">In which part.</param>
    /// <param name="events">How many.</param>
    /// <param name="says">What they are, for people.</param>
    public void Told(ProbationStage stage, int events, string says)
    {
        lock (_lock)
        {
            _tallies[(int)stage].Tells += events;
            _shown.Enqueue(says);
            while (_shown.Count > ShownKept)
            {
                _shown.Dequeue();
            }
        }
    }

    /// <summary>The generation in service answered a live ask in this time.</summary>
    public void CurrentTook(long ns)
    {
        lock (_lock)
        {
            _current.Record(ns);
        }
    }

    /// <summary>An ask has ended. Unknown tickets are none of ours.</summary>
    public void Ended(ulong ticket, Verdict verdict, ReadOnlySpan<byte> reason, long tookNs)
    {
        bool cut = false;
        string why = verdict == Verdict.Deny ? CleanText.From(reason, LongestText, ref cut) : "";
        lock (_lock)
        {
            if (!_open.Remove(ticket, out PendingAsk? ask))
            {
                return;
            }

            Tally tally = _tallies[(int)ask.Stage];
            if (verdict == Verdict.None)
            {
                tally.Missed += ask.MayBeLate ? 0 : 1;
                tally.Excused += ask.MayBeLate ? 1 : 0;
                return;
            }

            tally.Answered(ask.Class)++;
            tally.Denied += verdict == Verdict.Deny ? 1 : 0;
            if (ask.Stage == ProbationStage.Live)
            {
                _candidate.Record(tookNs);
            }

            if (ask.Current != Verdict.None)
            {
                tally.Compared(ask.Class)++;
            }

            if (Kind(ask, verdict) is { } kind)
            {
                DifferNeedsLock(ask, verdict, why, kind);
            }
        }
    }

    /// <summary>What was counted of one part.</summary>
    public ProbationPhase Phase(ProbationStage stage, string state, TimeSpan took, string? note)
    {
        lock (_lock)
        {
            Tally tally = _tallies[(int)stage];
            return new ProbationPhase
            {
                Name = stage switch
                {
                    ProbationStage.Start => "start",
                    ProbationStage.Synthetic => "synthetic",
                    ProbationStage.Protected => "protected",
                    ProbationStage.Journal => "journal",
                    _ => "live",
                },
                State = state,
                Milliseconds = (long)took.TotalMilliseconds,
                Asks = tally.Asks,
                Missed = tally.Missed,
                Denied = tally.Denied,
                Compared = tally.ComparedExec + tally.ComparedOpen,
                Tells = tally.Tells,
                PassedOver = tally.PassedOver,
                Note = note,
            };
        }
    }

    /// <summary>Adds what was counted to what is known otherwise.</summary>
    public ProbationObservations Complete(ProbationObservations seen)
    {
        lock (_lock)
        {
            Tally journal = _tallies[(int)ProbationStage.Journal], live = _tallies[(int)ProbationStage.Live];
            return seen with
            {
                Asked = _tallies.Sum(tally => tally.Asks - tally.Excused),
                Missed = _tallies.Sum(tally => tally.Missed),
                ProtectedDenied = _distinct[(int)DifferenceKind.Protected],
                ProtectedExample = _protectedExample,
                NewDenials = _distinct[(int)DifferenceKind.New],
                LostDenials = _distinct[(int)DifferenceKind.Lost],
                ComparedExec = journal.ComparedExec + live.ComparedExec,
                ComparedOpen = journal.ComparedOpen + live.ComparedOpen,
                AnsweredExec = journal.AnsweredExec + live.AnsweredExec,
                AnsweredOpen = journal.AnsweredOpen + live.AnsweredOpen,
                Told = seen.Told + journal.Tells,
                Candidate = seen.Candidate is { } its ? WithTimes(its, _candidate) : null,
                Current = seen.Current is { } others ? WithTimes(others, _current) : null,
            };
        }
    }

    /// <summary>All tells that the run itself has sent.</summary>
    public long TellsSent
    {
        get
        {
            lock (_lock)
            {
                return _tallies.Sum(tally => tally.Tells);
            }
        }
    }

    public IReadOnlyList<ProbationDifference> Differences(out long leftOut)
    {
        lock (_lock)
        {
            leftOut = _leftOut;
            return [.. _differences.Values];
        }
    }

    /// <summary>What it was shown last, and what it has not answered.</summary>
    public IReadOnlyList<string> ShownLast()
    {
        lock (_lock)
        {
            return [.. _shown, .. _open.Values.TakeLast(ShownKept).Select(ask => ask.Says)];
        }
    }

    private static GenerationCost WithTimes(GenerationCost cost, LatencyHistogram times) =>
        cost with { Verdicts = times.Count, HalfNs = times.Quantile(0.5), MostNs = times.Quantile(0.99) };

    private static DifferenceKind? Kind(PendingAsk ask, Verdict verdict) => (ask, verdict) switch
    {
        ({ Protected: not null }, Verdict.Deny) => DifferenceKind.Protected,
        ({ Current: Verdict.Allow }, Verdict.Deny) => DifferenceKind.New,
        ({ Current: Verdict.Deny }, Verdict.Allow) => DifferenceKind.Lost,
        _ => null,
    };

    private void DifferNeedsLock(PendingAsk ask, Verdict verdict, string why, DifferenceKind kind)
    {
        if (_files.Count >= FilesToldApart || _files.Add((ask.File, kind)))
        {
            _distinct[(int)kind]++;
        }

        if (kind == DifferenceKind.Protected)
        {
            _protectedExample ??= ask.Says;
        }

        if (_differences.TryGetValue((ask.File, ask.Class, kind), out ProbationDifference? known))
        {
            _differences[(ask.File, ask.Class, kind)] = known with { Count = known.Count + 1 };
        }
        else if (_differences.Count >= DifferencesListed)
        {
            _leftOut++;
        }
        else
        {
            _differences.Add((ask.File, ask.Class, kind), new ProbationDifference
            {
                Path = ask.Says,
                Class = ask.Class == EventClass.Exec ? "exec" : "open",
                Candidate = Word(verdict),
                Current = Word(ask.Current),
                Reason = why,
                Protected = ask.Protected,
            });
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Deny => "deny",
        _ => "unknown",
    };

    private sealed class Tally
    {
        private long _answeredExec;
        private long _answeredOpen;
        private long _comparedExec;
        private long _comparedOpen;

        public long Asks { get; set; }

        public long Missed { get; set; }

        /// <summary>Late where nobody is blamed for it.</summary>
        public long Excused { get; set; }

        public long Denied { get; set; }

        public long Tells { get; set; }

        public long PassedOver { get; set; }

        public long AnsweredExec => _answeredExec;

        public long AnsweredOpen => _answeredOpen;

        public long ComparedExec => _comparedExec;

        public long ComparedOpen => _comparedOpen;

        public ref long Answered(EventClass of) => ref of == EventClass.Exec ? ref _answeredExec : ref _answeredOpen;

        public ref long Compared(EventClass of) => ref of == EventClass.Exec ? ref _comparedExec : ref _comparedOpen;
    }
}

using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Review;
using Ringwall.Kernel.Scheduling;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

// Owns:      one probation: its thread, its ledger, its files.
// Does not own: the candidate, which whoever began the probation starts and ends.
// Threads:   a thread of its own goes through the parts; the review thread shows live asks (Review), the shadow's thread their ends (Ended).
//            Report and Dispose come from any.
// Ordering:  start → synthetic → protected → journal → live. Whatever gate fails ends it there and then. The report is on disk before anybody
//            is told the result.

/// <summary>Tries one generation beside the one in service.</summary>
internal sealed class ProbationRun : IReviewer, IShadowListener, IGoingOn, IDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly ProbationTrial _trial;
    private readonly ProbationContext _context;
    private readonly Action<ProbationReport> _done;
    private readonly ProbationLedger _ledger = new();
    private readonly ProbationGates _gates;
    private readonly Pace _pace;
    private readonly int _seed;
    private readonly DateTimeOffset _began;
    private readonly TimeSpan _start;
    private readonly Lock _wakeLock = new();
    private readonly AutoResetEvent _wake = new(false);     // under _wakeLock, but for the run's own wait
    private readonly ITimer _timer;
    private readonly Thread _thread;
    private readonly Lock _lock = new();        // nothing outside is called under it
    private readonly StageClock _stages;        // under _lock
    private readonly CandidateAsks _asks;
    private readonly Rehearsal _rehearsal;
    private readonly byte[] _live = new byte[AskMessage.MaxBytes];      // the review thread's
    private GenerationIdentity _identity = new(0, "", "", null, "", null);      // under _lock, as is the next
    private GenerationIdentity? _currentIdentity;
    private LiveCosts? _costs;                  // under _lock
    private ProbationReport? _report;           // under _lock: the last one
    private TimeSpan _nextLook;                 // the run's thread's, as is the next
    private ProbationJudgement? _judgement;     // what ended it
    private volatile bool _isLive;
    private volatile bool _abandoned;
    private bool _over;                         // under _wakeLock

    private ProbationRun(ProbationTrial trial, ProbationContext context, int seed, Action<ProbationReport> done)
    {
        _trial = trial;
        _context = context;
        _done = done;
        _seed = seed;
        _gates = new ProbationGates(context.Bounds, context.Policies.Open.Deadline);
        _pace = new Pace(context.Clock, context.Bounds.AsksPerSecond);
        _asks = new CandidateAsks(trial.Candidate, _ledger, context.Policies);
        _rehearsal = new Rehearsal(context, trial.Candidate, _asks, _ledger, this) { Pace = _pace, Seed = seed, Current = CurrentVerdict, Skip = Skip };
        _began = context.Clock.GetUtcNow();
        _start = Now;
        _stages = new StageClock(_start);
        _timer = context.Clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Work) { Name = $"probation {trial.Sensor}", IsBackground = true };
    }

    /// <inheritdoc/>
    public bool WantsDescriptor => true;

    /// <inheritdoc/>
    public TimeSpan Now => _context.Clock.GetElapsedTime(0);

    private IShadow Candidate => _trial.Candidate;

    /// <summary>Begins. The candidate is being started, or runs already.</summary>
    /// <param name="trial">Who.</param>
    /// <param name="context">With what.</param>
    /// <param name="seed">Of the synthetic events.</param>
    /// <param name="done">Hears the result once, on the probation's thread; not when the run is disposed of before.</param>
    public static ProbationRun Start(ProbationTrial trial, ProbationContext context, int seed, Action<ProbationReport> done)
    {
        ProbationRun run = new(trial, context, seed, done);
        run._thread.Start();
        return run;
    }

    /// <summary>How it stands, or how it ended.</summary>
    public ProbationReport Report()
    {
        lock (_lock)
        {
            if (_report is not null)
            {
                return _report;
            }
        }

        return Compose(_gates.Judge(Observe(null, null)), ended: null);
    }

    /// <summary>Ends it without a result, if it has none yet. Returns at once.</summary>
    public void Dispose()
    {
        _abandoned = true;
        Wake();
    }

    /// <summary>Waits for its thread's end, which <see cref="Dispose"/> brings about.</summary>
    public void Join() => _thread.Join();

    /// <inheritdoc/>
    public void Review(in ReviewedAsk ask)
    {
        if (!_isLive || !_asks.Takes(ask.Class))
        {
            return;
        }

        bool judged = ask.Judged != Verdict.None && ask.Reason == DecisionReason.Sensors;
        if (judged)
        {
            _ledger.CurrentTook(ask.TookNs);
        }

        // Without the file its word would be worth nothing.
        if (ask.Descriptor < 0 || !_asks.HasRoom || !_pace.TryTake())
        {
            _ledger.PassedOver(ProbationStage.Live);
            return;
        }

        PendingAsk pending = new()
        {
            Stage = ProbationStage.Live,
            Class = ask.Class,
            Says = LiveAsk.Says(ask.Path),
            File = LiveAsk.KeyOf(ask.File),
            Current = judged ? CurrentVerdict(ask.Judged, ask.DecidedBy?.Name, ask.Class) : Verdict.None,
            Protected = _context.Protected?.Why(ask.File, ask.Path),
            MayBeLate = ask.File.Identity.Size > LiveAsk.LargeFile,
        };
        ulong ticket = _asks.NextTicket();
        long deadline = _asks.DeadlineOf(pending);
        AskMessage message = LiveAsk.Message(ask);
        message.Ticket = ticket;
        message.Deadline = (ulong)deadline;
        if (_asks.TryAsk(pending, ticket, _live.AsSpan(0, message.Write(_live)), deadline, ask.Descriptor) != ShadowSend.Sent)
        {
            _ledger.PassedOver(ProbationStage.Live);
        }
    }

    /// <inheritdoc/>
    public void Ended(ulong ticket, Verdict verdict, ReadOnlySpan<byte> reason, long tookNs)
    {
        _ledger.Ended(ticket, verdict, reason, tookNs);
        Wake();
    }

    /// <inheritdoc/>
    public bool IsOver()
    {
        if (_abandoned || _judgement is not null)
        {
            return true;
        }

        if (Now < _nextLook)
        {
            return false;
        }

        // Not each time: a look asks for the candidate's state and use.
        _nextLook = Now + BetweenLooks;
        ProbationJudgement judgement = _gates.Judge(Look());
        _judgement = judgement.Result == ProbationResult.Running ? null : judgement;
        return _judgement is not null;
    }

    /// <inheritdoc/>
    public void Await(TimeSpan atMost)
    {
        _timer.Change(atMost, Timeout.InfiniteTimeSpan);
        _wake.WaitOne();
    }

    private void Work()
    {
        // Asks, and whoever answers them, go first.
        _ = Urgency.TryStandBack();
        Candidate.Listen(this);
        string? trouble = null;
        try
        {
            IdentifyBoth();
            _ = Begin()
                && Part(ProbationStage.Synthetic, _rehearsal.Synthetic)
                && Part(ProbationStage.Protected, _rehearsal.Protected)
                && Part(ProbationStage.Journal, _rehearsal.Journal)
                && Part(ProbationStage.Live, Live);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or Kernel.KernelException)
        {
            trouble = $"the host could not try it: {refused.Message}";
        }

        _isLive = false;
        _context.Reviews?.Remove(this);
        Candidate.Listen(null);
        ProbationReport report = Compose(Judgement(trouble), _context.Clock.GetUtcNow());
        lock (_lock)
        {
            _report = report;
        }

        Write(report);
        lock (_wakeLock)
        {
            _over = true;
            _timer.Dispose();
            _wake.Dispose();
        }

        if (report.Result != ProbationResult.Abandoned)
        {
            _done(report);
        }
    }

    private ProbationJudgement Judgement(string? trouble) => (_judgement, trouble) switch
    {
        ({ } ended, null) => ended,
        (_, { } why) => new(ProbationResult.Inconclusive, why, _gates.Judge(Look()).Gates),
        _ => new(ProbationResult.Abandoned, "it was ended before there was a result", _gates.Judge(Look()).Gates),
    };

    // Until it is welcomed.
    private bool Begin()
    {
        Enter(ProbationStage.Start);
        while (Candidate.StartedIn is null)
        {
            if (IsOver())
            {
                return false;
            }

            Await(BetweenLooks);
        }

        return !IsOver();
    }

    private bool Part(ProbationStage stage, Func<bool> show)
    {
        Enter(stage);
        return show();
    }

    private bool Live()
    {
        LiveCosts costs = new(Now, Candidate.Use(), _trial.Current?.Use());
        lock (_lock)
        {
            _costs = costs;
        }

        _isLive = true;
        _context.Reviews?.Add(this);
        while (!IsOver())
        {
            Await(BetweenLooks);
        }

        return true;
    }

    private void Wake()
    {
        lock (_wakeLock)
        {
            if (!_over)
            {
                _wake.Set();
            }
        }
    }

    private void Enter(ProbationStage stage)
    {
        lock (_lock)
        {
            _stages.Enter(stage, Now);
        }
    }

    private void Skip(string why)
    {
        lock (_lock)
        {
            _stages.Skip(why);
        }
    }

    // Of a sensor that was not asked, all that others said says nothing; a denial by another hides what it would have said.
    private Verdict CurrentVerdict(Verdict judged, string? deniedBy, EventClass of) => (judged, _trial.Current) switch
    {
        (_, null) => Verdict.None,
        (Verdict.Deny, _) => deniedBy == _trial.Sensor ? Verdict.Deny : Verdict.None,
        (Verdict.Allow, { } current) => (current.Asks & CandidateAsks.KindOf(of)) != 0 ? Verdict.Allow : Verdict.None,
        _ => Verdict.None,
    };

    // The run's thread alone: readings are taken in the order in which they were made.
    private ProbationObservations Look() => Observe(Candidate.Use(), _trial.Current?.Use());

    private ProbationObservations Observe(GenerationUse? its, GenerationUse? others)
    {
        ProbationObservations seen = new()
        {
            Elapsed = Now - _start,
            StartedIn = Candidate.StartedIn,
            HasEnded = Candidate.State == ShadowState.Ended,
            Strikes = [.. Candidate.Strikes.Select(strike => strike.ToString())],
            Asks = Candidate.Asks,
            Tells = Candidate.Tells,
        };
        lock (_lock)
        {
            if (_costs is { } costs)
            {
                if (its is { } use)
                {
                    costs.Look(use, others);
                }

                seen = seen with { Soaked = Now - costs.Began, Told = costs.Told, Candidate = costs.Candidate, Current = costs.Current };
            }
        }

        return _ledger.Complete(seen);
    }

    private void IdentifyBoth()
    {
        GenerationIdentity its = _trial.Identity();
        GenerationIdentity? others = _trial.CurrentIdentity?.Invoke();
        lock (_lock)
        {
            (_identity, _currentIdentity) = (its, others);
        }
    }

    private ProbationReport Compose(ProbationJudgement judgement, DateTimeOffset? ended)
    {
        IReadOnlyList<ProbationDifference> differences = _ledger.Differences(out long leftOut);
        ProbationStrike[] strikes = [.. Candidate.Strikes.Select(strike => new ProbationStrike($"{strike.Reason}", strike.Detail, strike.At, strike.LastLines))];
        MachineCell cell = _context.Cell(_trial.Sensor);
        lock (_lock)
        {
            return new ProbationReport
            {
                Sensor = _trial.Sensor,
                Candidate = _identity,
                Current = _currentIdentity,
                Result = judgement.Result,
                Because = judgement.Because,
                Began = _began,
                Ended = ended,
                Host = _context.HostVersion,
                Cell = cell,
                Seed = _seed,
                Phases = _stages.Phases(_ledger, Now, isOver: ended is not null, isWhole: judgement.Result is ProbationResult.Passed or ProbationResult.Inconclusive),
                Gates = judgement.Gates,
                Differences = differences,
                DifferencesLeftOut = leftOut,
                Strikes = strikes,
                ShownLast = strikes.Length > 0 ? _ledger.ShownLast() : [],
            };
        }
    }

    private void Write(ProbationReport report)
    {
        try
        {
            ProbationReportFile.Write(_context.Folder, report);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The result counts all the same; what is lost is the paper.
            _context.Say($"sensor {_trial.Sensor}: the report of its probation could not be written: {refused.Message}");
        }
    }
}

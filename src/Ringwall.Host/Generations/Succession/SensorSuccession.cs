// Owns:     one configured sensor's running generations: the one in service, its fallback, the one on trial, those that are being ended.
// Threads:  orders and events are put to SuccessionThread and worked off there, one at a time; who stands where changes under Turn, also by the thread of a
//           sensor that fails (TryRelieveNeedsTurn), because its fallback must not wait for anybody.
// Ordering: promotion: the store says so first, then the seats change. Fallback: the seats first, for time counts, then the store: a host that dies between the two
//           comes back with the one that failed, and falls back from it again.
// More than 500 lines: who stands where changes here and nowhere else.

using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Deliver;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Supervision;

namespace Ringwall.Host.Generations.Succession;

/// <summary>Decides which of a sensor's generations is in service, and moves them.</summary>
internal sealed class SensorSuccession : IDisposable
{
    // A sensor that ended was relieved at once; what it is charged with is known when it has been reaped.
    private static readonly TimeSpan StrikePatience = TimeSpan.FromSeconds(2);

    private readonly CrewContext _context;
    private readonly SuccessionThread _thread;
    private readonly SensorConfiguration _configured;
    private readonly List<RunningGeneration> _leaving = [];    // the succession thread's, as all below but what is under Turn
    private RunningGeneration? _inService;      // under Turn
    private RunningGeneration? _fallback;       // under Turn
    private RunningGeneration? _trial;          // under Turn
    private RunningGeneration? _fell;           // whoever was relieved and not charged yet
    private TimeSpan _chargedBy;
    private TimeSpan _fallbackUntil;
    private TimeSpan? _fallbackShownAt;
    private bool _passed;       // the one on trial enters as soon as it is at work
    private long? _interrupted; // whoever was on trial when an older one had to be started
    private bool _intoService;  // the one on trial replaces one that was refused already
    private IDisposable? _run;
    private bool _ending;

    public SensorSuccession(CrewContext context, SuccessionThread thread, SensorConfiguration configured)
    {
        _context = context;
        _thread = thread;
        _configured = configured;
        Generation? first = context.Store?.InService(configured.Name);
        if (first is not null || context.Store is null)
        {
            _inService = new RunningGeneration(this, context, first?.In(configured) ?? configured, Standing.InService);
        }
    }

    /// <summary>Held while a generation changes its place.</summary>
    public Lock Turn { get; } = new();

    public string Name => _configured.Name;

    private SuccessionPolicy Policy => _context.Succession;

    private Generation? InStore(long number) => _context.Store?.Of(Name).FirstOrDefault(one => one.Number == number);

    /// <summary>Has the one in service missed until it is there.</summary>
    public void Expect() => _inService?.Post.Expect();

    /// <summary>Starts what the store says: the one in service, its fallback, and the newest that waits.</summary>
    public void Start()
    {
        _inService?.Post.Open();
        _thread.Post(() =>
        {
            if (_context.Store?.Fallback(Name) is { } before && Policy.FallsBack)
            {
                StandBy(Run(before, Standing.Fallback));
            }

            if (_context.Store?.Of(Name).LastOrDefault(one => one.State == GenerationState.Waiting) is { } waiting)
            {
                Try(waiting);
            }
        });
    }

    /// <summary>Whether what this generation says counts.</summary>
    public bool Serves(long number) => Running().Any(one => one.Number == number && one.Standing == Standing.InService);

    public void AwaitFirst(TimeSpan patience) => _inService?.Post.AwaitFirst(patience);

    /// <summary>An operator's order to the one in service.</summary>
    public SwitchOutcome Order(SensorOrder order)
    {
        RunningGeneration? served;
        lock (Turn)
        {
            served = _inService;
        }

        return served?.Post.Order(order) ?? SwitchOutcome.NoSuchSensor;
    }

    /// <summary>All that run, the one in service first.</summary>
    public IReadOnlyList<RunningGeneration> Running()
    {
        lock (Turn)
        {
            return [.. new[] { _inService, _fallback, _trial }.OfType<RunningGeneration>()];
        }
    }

    /// <summary>Begins to try a generation that was installed. Any thread.</summary>
    public void Begin(Generation generation) => _thread.Post(() => Try(generation));

    /// <summary>
    /// An operator wants this generation in service. One that has been there before, or has passed its trial, is started and enters; any other is tried first.
    /// </summary>
    public void Promote(Generation generation) => _thread.Post(() =>
    {
        lock (Turn)
        {
            if (_inService?.Number == generation.Number)
            {
                return;
            }
        }

        Try(generation, passed: generation.Passed || generation.State is GenerationState.Fallback or GenerationState.Kept);
    });

    /// <summary>Brings the fallback back. Any thread; what it finds is said.</summary>
    /// <param name="number">From which generation; what was meant for one that is no longer in service is not done to another.</param>
    /// <param name="cause">What for.</param>
    /// <param name="why">For people.</param>
    public void FallBack(long number, FallbackCause cause, string why) => _thread.Post(() =>
    {
        if (_inService?.Number == number)
        {
            FallBackNow(cause, why);
        }
    });

    /// <summary>Takes a generation back, wherever it stands: its trial ends, or its fallback takes its place. It is refused from then on. Any thread.</summary>
    public void Withdraw(long number, string why) => _thread.Post(() =>
    {
        if (_inService?.Number == number)
        {
            FallBackNow(FallbackCause.Withdrawal, why);
        }
        else if (_trial is { } candidate && candidate.Number == number)
        {
            TrialOver(candidate, new TrialOutcome(false, why));
        }
        else
        {
            RunningGeneration? standsBy = null;
            lock (Turn)
            {
                if (_fallback?.Number == number)
                {
                    (standsBy, _fallback) = (_fallback, null);
                }
            }

            InStoreDo(store => store.Refuse(Name, number, why));
            if (standsBy is not null)
            {
                End(standsBy);
            }
        }
    });

    /// <summary>A sensor of ours did something wrong. The sensor's thread.</summary>
    public void Struck(RunningGeneration running, Strike strike) => _thread.Post(() =>
    {
        if (running == _inService || running == _fell)
        {
            _context.Failed(Name, running.Number, $"{strike}");
        }

        if (running == _fell)
        {
            Charge(FallbackCause.Failure, $"{strike}");
        }
        else if (running == _inService && Policy.FallsBack)
        {
            bool lost = running.Post.Snapshot().State == SensorState.Quarantined || running.Post.Snapshot().StrikesInWindow >= _context.Restarts.StrikesAllowed;
            if (_fallback is not null || lost)
            {
                FallBackNow(FallbackCause.Failure, $"{strike}");
            }
        }
        else if (running == _trial && _passed)
        {
            TrialOver(running, new TrialOutcome(false, $"{strike}"));
        }
    });

    /// <summary>A generation beside service is at work. The sensor's thread.</summary>
    public void AtWork(RunningGeneration running) => _thread.Post(() =>
    {
        if (running == _trial && _passed)
        {
            Enter();
        }
    });

    /// <summary>
    /// The one in service has failed: its fallback, if there is one at work, takes its place before anything else is done. The failing sensor's thread.
    /// </summary>
    public bool TryRelieveNeedsTurn(RunningGeneration failed, SensorSeat? leave)
    {
        if (failed != _inService || !Policy.FallsBack || _fallback is not { SeatNeedsTurn: not null } back)
        {
            return false;
        }

        back.EnterServiceNeedsTurn(failed, leave, Standing.Leaving);
        _inService = back;
        _fallback = null;
        _thread.Post(() =>
        {
            _fell = failed;
            _chargedBy = _context.Now + StrikePatience;
        });
        return true;
    }

    /// <summary>What time brings. The succession thread, several times a second.</summary>
    public void Tick()
    {
        TimeSpan now = _context.Now;
        if (_fell is not null && now >= _chargedBy)
        {
            Charge(FallbackCause.Failure, "it ended");
        }

        if (_fallback is { } back && now >= _fallbackUntil)
        {
            lock (Turn)
            {
                // It may have been put into service this very moment.
                if (_fallback != back)
                {
                    return;
                }

                _fallback = null;
            }

            _context.Say($"sensor {Name}: generation {back.Number}, the fallback, is not needed any more");
            End(back);
            InStoreDo(store => store.CleanUp());
        }
        else if (_fallback is { } shown && _fallbackShownAt is { } at && now >= at)
        {
            _fallbackShownAt = null;
            shown.Post.Order(SensorOrder.Restart);
        }

        // What made way for an older one is tried again when that has settled: it would wait until the host's next start otherwise.
        if (_interrupted is { } newer && _trial is null)
        {
            _interrupted = null;
            if (InStore(newer) is { State: GenerationState.Waiting } again)
            {
                Try(again);
            }
        }

        _leaving.RemoveAll(running =>
        {
            bool over = running.Post.IsOver;
            if (over)
            {
                running.Dispose();
            }

            return over;
        });
    }

    /// <summary>Ends all of them. Returns at once. Any thread, once; nothing is begun afterwards.</summary>
    public void Close() => _thread.Post(() =>
    {
        _ending = true;
        _run?.Dispose();
        foreach (RunningGeneration running in Running().Concat(_leaving))
        {
            running.Post.Close();
        }
    });

    /// <summary>After <see cref="Close"/>, when the succession thread has ended.</summary>
    public void Dispose()
    {
        foreach (RunningGeneration running in Running().Concat(_leaving))
        {
            running.Dispose();
        }
    }

    private RunningGeneration Run(Generation generation, Standing standing)
    {
        RunningGeneration running = new(this, _context, generation.In(_configured), standing);
        running.Post.Open();
        return running;
    }

    private void StandBy(RunningGeneration back)
    {
        lock (Turn)
        {
            _fallback = back;
        }


        _fallbackUntil = _context.Now + Policy.FallbackFor;
        _fallbackShownAt = _context.Now + (Policy.FallbackFor * Policy.ShownAfter);
    }

    private void End(RunningGeneration running)
    {
        running.Leave();
        _leaving.Add(running);
    }

    private void Try(Generation generation, bool passed = false, bool intoService = false)
    {
        if (_ending)
        {
            return;
        }

        if (_trial is { } ended && !_passed && ended.Number > generation.Number)
        {
            _interrupted = ended.Number;
        }

        DropTrial();
        RunningGeneration? current;
        lock (Turn)
        {
            current = _inService;
            _trial = new RunningGeneration(this, _context, generation.In(_configured), Standing.OnTrial);
        }

        _passed = passed || !Policy.Tries || _context.Trials is null;
        _intoService = intoService;
        RunningGeneration candidate = _trial;
        candidate.Post.Open();
        _context.Say($"sensor {Name}: generation {generation.Number} is being {(_passed ? "started" : "tried")}");
        if (!_passed)
        {
            _run = _context.Trials!(generation, candidate, current, outcome => _thread.Post(() => TrialOver(candidate, outcome)));
        }
    }

    private void DropTrial()
    {
        RunningGeneration? former;
        lock (Turn)
        {
            (former, _trial) = (_trial, null);
        }

        _run?.Dispose();
        _run = null;
        if (former is not null)
        {
            End(former);
        }
    }

    private void TrialOver(RunningGeneration candidate, TrialOutcome outcome)
    {
        if (candidate != _trial)
        {
            return;
        }

        bool pinned = _context.Store?.Pinned(Name) is not null;
        if (!outcome.Passed)
        {
            _context.Say($"sensor {Name}: generation {candidate.Number} is refused: {outcome.Why}");
            InStoreDo(store => store.Refuse(Name, candidate.Number, outcome.Why));
            DropTrial();
        }
        else if (pinned || !Policy.PromotesByItself)
        {
            _context.Say($"sensor {Name}: generation {candidate.Number} passed its trial and waits for `ringwall promote`: {outcome.Why}");
            InStoreDo(store => store.Pass(Name, candidate.Number));
            DropTrial();
        }
        else
        {
            _context.Say($"sensor {Name}: generation {candidate.Number} passed its trial: {outcome.Why}");
            InStoreDo(store => store.Pass(Name, candidate.Number));
            _passed = true;
            Enter();
        }
    }

    // The one on trial goes into service, if it is at work; if not, when it is.
    private void Enter()
    {
        if (_trial is not { } candidate)
        {
            return;
        }

        lock (Turn)
        {
            if (candidate.SeatNeedsTurn is null)
            {
                return;
            }
        }

        if (!_intoService && !InStoreDo(store => store.Promote(Name, candidate.Number)))
        {
            DropTrial();
            return;
        }

        _run?.Dispose();
        _run = null;
        RunningGeneration? before;
        RunningGeneration? older;
        lock (Turn)
        {
            if (candidate.SeatNeedsTurn is null)
            {
                return;     // it ended this very moment, which is a strike, which decides
            }

            (before, older) = (_inService, _fallback);
            candidate.EnterServiceNeedsTurn(before, before?.SeatNeedsTurn, _intoService ? Standing.Leaving : Standing.Fallback);
            (_inService, _fallback, _trial) = (candidate, null, null);
        }

        if (older is not null)
        {
            End(older);
        }

        if (before is not null && _intoService)
        {
            End(before);
        }
        else if (before is not null && Policy.FallsBack)
        {
            StandBy(before);
        }
        else if (before is not null)
        {
            End(before);
        }

        _context.Say($"sensor {Name}: generation {candidate.Number} is in service");
        _context.Promoted(Name, candidate.Number);
    }

    // By the operator's word, a budget, or a strike that did not end the sensor.
    private void FallBackNow(FallbackCause cause, string why)
    {
        RunningGeneration? failed;
        bool relieved;
        lock (Turn)
        {
            failed = _inService;
            relieved = failed is not null && TryRelieveNeedsTurn(failed, failed.SeatNeedsTurn);
        }

        if (relieved)
        {
            _fell = failed;
            Charge(cause, why);
            return;
        }

        if (failed is null || _context.Store?.Fallback(Name) is not { } before)
        {
            _context.Say($"sensor {Name}: there is no generation to fall back to");
            return;
        }

        // It does not run any more, so it has to be started first; until then the one that failed goes on as it can.
        Settle(failed.Number, cause, why);
        Try(before, passed: true, intoService: true);
    }

    // The one that was relieved is charged with this.
    private void Charge(FallbackCause cause, string why)
    {
        if (_fell is not { } failed)
        {
            return;
        }

        _fell = null;
        Settle(failed.Number, cause, why);
        End(failed);
    }

    private void Settle(long failed, FallbackCause cause, string why)
    {
        InStoreDo(store => store.FallBack(Name, why));
        long back = _context.Store?.InService(Name)?.Number ?? 0;
        _context.Say($"sensor {Name}: generation {failed} fell back to {back}: {why}");
        _context.FellBack(new FallbackEvent(Name, failed, back, cause, why));
    }

    private bool InStoreDo(Action<GenerationStore> work)
    {
        try
        {
            if (_context.Store is { } store)
            {
                work(store);
            }

            return true;
        }
        catch (Exception refused) when (refused is StoreException or IOException or UnauthorizedAccessException)
        {
            _context.Say($"sensor {Name}: {refused.Message}");
            return false;
        }
    }
}

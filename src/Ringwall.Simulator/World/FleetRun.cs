using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// One run: minute by minute, a strategy lets devices in, devices poll, install, soak, report, sleep and fail.
/// </summary>
/// <remarks>
/// What a device will do is worked out once, when it installs: when it will have soaked, whether and when the fault hits it, when it sleeps and wakes.
/// All later reports that change nothing are accounted for in bulk (devices awake × minutes). Background trouble is drawn for each stratum, arm and age
/// class as a Poisson number over the device minutes that are reported, so that 8.5 million devices cost what they change.
/// </remarks>
// Owns:    the state of one run. Threads: one. The fleet is shared and read only.
internal sealed partial class FleetRun
{
    private readonly RunPlan _plan;
    private readonly SimulatedFleet _fleet;
    private readonly IStrategy _strategy;
    private readonly FleetView _view;
    private readonly int _strata;
    private readonly int _cells;
    private readonly int _minutes;
    private readonly int _soak;
    private readonly double[] _effect;
    private Dice _dice;

    private readonly int[] _scheduled;
    private readonly int[] _head;
    private readonly int[] _next;
    private readonly ushort[] _harmAt;
    private readonly ushort[] _exposedMinute;
    private readonly byte[] _state;

    // By minute × strata (× age class): what is bound to happen.
    private readonly int[] _matureAt;
    private readonly int[] _exposedAt;
    private readonly int[] _faultSeenAt;
    private readonly int[] _harmedSoakingAt;
    private readonly int[] _harmedLaterAt;
    private readonly int[] _truthAt;
    private readonly int[] _onlineChange;
    private readonly int[] _exposedChange;
    private readonly int[] _waitingChange;
    private readonly int[] _lateChange;
    private readonly int[] _lateExposedChange;
    private readonly int[] _soakingChange;
    private readonly int[] _wellChange;

    // Late joiners that are awake, and those of them that are exposed: they belong to neither arm.
    private readonly long[] _lateAwake;
    private readonly long[] _lateExposedAwake;

    // Awake devices by stratum: all, those exposed, and of these those that wait for their next poll to install.
    private readonly long[] _online;
    private readonly long[] _exposedAwake;
    private readonly long[] _waiting;
    private readonly int[] _soaking;
    private readonly int[] _well;

    // Of these the awake ones, as far as was known when they installed; background harm takes some away, which are counted here.
    private readonly long[] _soakingAwake;
    private readonly long[] _wellAwake;
    private readonly int[] _gone;
    private readonly int[] _lost;
    private readonly int[] _dropMature;
    private readonly long[] _ofAge;

    private long _harmed;
    private int _firstHarm = -1;
    private int _haltMinute = -1;
    private bool _passedBroad;
    private double _hoursTo95 = double.NaN;

    public FleetRun(RunPlan plan, SimulatedFleet fleet, IStrategy strategy)
    {
        _plan = plan;
        _fleet = fleet;
        _strategy = strategy;
        _strata = fleet.Strata;
        _cells = fleet.Shape.Cells;
        _minutes = plan.Minutes;
        _soak = plan.Policy.Soak(plan.Urgent);
        _dice = new Dice(Dice.Mix(plan.Seed) ^ 0xD1CE);
        _view = new FleetView(_strata, new FleetCounts(SimulatedFleet.CellNames(_cells), new int[_strata], new int[_strata]));

        _scheduled = new int[_strata];
        _head = new int[_minutes + 1];
        Array.Fill(_head, -1);
        _next = new int[fleet.Shape.Devices];
        _harmAt = plan.Fault.Kind == FaultKind.None ? [] : new ushort[fleet.Shape.Devices];
        _state = new byte[fleet.Shape.Devices];
        _exposedMinute = new ushort[fleet.Shape.Devices];
        int slots = (_minutes + 1) * _strata;
        _matureAt = new int[slots];
        _exposedAt = new int[slots];
        _faultSeenAt = new int[slots * Age.Classes];
        _harmedSoakingAt = new int[slots];
        _harmedLaterAt = new int[slots];
        _truthAt = new int[_minutes + 1];
        _onlineChange = fleet.Comings(_minutes);
        _exposedChange = new int[slots];
        _waitingChange = new int[slots];
        _lateChange = LateComings();
        _soakingChange = new int[slots];
        _wellChange = new int[slots];
        _lateAwake = new long[_strata];
        _lateExposedAwake = new long[_strata];
        _lateExposedChange = new int[slots];
        _online = new long[_strata];
        _exposedAwake = new long[_strata];
        _waiting = new long[_strata];
        _soaking = new int[_strata];
        _well = new int[_strata];
        _soakingAwake = new long[_strata];
        _wellAwake = new long[_strata];
        _gone = new int[_strata];
        _lost = new int[_strata];
        _dropMature = new int[_strata];
        _ofAge = new long[_strata * Age.Classes];
        _offered = new int[_strata];
        _returned = new int[_strata];
        _harmedByReturn = new int[_strata];
        _returnCursor = new int[_strata];
        _effect = Effects(plan, fleet);
        _chronic = Chronic();
    }

    public RunResult Run(int sampleEvery, Action<int>? progress = null)
    {
        var samples = new List<Sample>();
        int over = -1;
        for (int minute = 0; minute < _minutes; minute++)
        {
            Advance(minute);
            if (_haltMinute < 0)
            {
                _strategy.Step(_view);
                Schedule(minute);
                if (_view.Halted)
                {
                    _haltMinute = minute;
                    BeginReturn();
                }
            }
            else
            {
                Return(minute);
            }

            Watch(minute);
            if (sampleEvery > 0 && minute % sampleEvery == 0)
            {
                samples.Add(Take(minute));
            }

            bool complete = _haltMinute >= 0 ? ReturnIsOver : _view.ExposedAll >= EnrolledAll();
            over = complete ? (over < 0 ? minute : over) : -1;
            if (_plan.StopAfter > 0 && over >= 0 && minute - over >= _plan.StopAfter)
            {
                break;
            }

            if (minute % 60 == 0)
            {
                progress?.Invoke(minute);
            }
        }

        var ringwall = _strategy as RingwallStrategy;
        return new RunResult
        {
            Strategy = _strategy.Name,
            Name = _plan.Name,
            Devices = _fleet.Shape.Devices,
            Seed = _plan.Seed,
            Harmed = _harmed,
            HarmedByReturn = _harmedByReturn.Sum(count => (long)count),
            Installed = _view.Installed.Sum(count => (long)count),
            Returned = _returnedAll,
            HaltMinute = _haltMinute,
            FirstHarmMinute = _firstHarm,
            PassedBroad = _passedBroad,
            HoursTo95 = _hoursTo95,
            PausedMinutes = ringwall?.PausedMinutes ?? 0,
            InconclusiveMinutes = ringwall?.InconclusiveMinutes ?? 0,
            Words = ringwall?.LastWords ?? "",
            Samples = [.. samples],
            Log = ringwall?.Log ?? [],
        };
    }

    private static double[] Effects(RunPlan plan, SimulatedFleet fleet)
    {
        // The effect is a share of all devices; a fault that spares some hits the others harder.
        int cells = fleet.Shape.Cells;
        double share = 0;
        for (int s = 0; s < fleet.Strata; s++)
        {
            bool hit = (plan.Fault.Cell < 0 || s % cells == plan.Fault.Cell) && (plan.Fault.Kind != FaultKind.SparesCanaries || s >= cells);
            share += hit ? fleet.Start[s + 1] - fleet.Start[s] : 0;
        }

        double here = share <= 0 ? 0 : Math.Min(1, plan.Fault.Effect * fleet.Shape.Devices / share);
        return [.. Enumerable.Repeat(here, fleet.Strata)];
    }

    /// <summary>Hands newly exposed devices their installation minute. They are exposed from the next minute on.</summary>
    private void Schedule(int minute)
    {
        int from = minute + 1;
        for (int s = 0; s < _strata; s++)
        {
            int wanted = Math.Min(_view.Exposed[s], _view.Counts.Enrolled[s]);
            int first = _fleet.Start[s + 1] - _fleet.Start[s] - _fleet.Late(s, _minutes);
            _exposedAt[from * _strata + s] += Math.Max(0, Math.Min(wanted, first) - _scheduled[s]);
            for (int device = _fleet.Start[s] + _scheduled[s]; _scheduled[s] < wanted; _scheduled[s]++, device++)
            {
                _exposedMinute[device] = (ushort)from;
                int poll = NextPoll(device, from);
                _fleet.AddPresence(device, from, _minutes, _exposedChange);
                if (IsLate(device))
                {
                    _fleet.AddPresence(device, from, _minutes, _lateExposedChange);
                }

                _fleet.AddPresence(device, from, Math.Min(poll, _minutes), _waitingChange);
                if (poll < _minutes)
                {
                    _next[device] = _head[poll];
                    _head[poll] = device;
                }
            }
        }
    }

    private bool IsLate(int device) => _fleet.Joins(device, _minutes) > 0;

    private int[] LateComings()
    {
        int[] changes = new int[(_minutes + 1) * _strata];
        for (int s = 0; s < _strata; s++)
        {
            for (int device = _fleet.Start[s + 1] - _fleet.Late(s, _minutes); device < _fleet.Start[s + 1]; device++)
            {
                _fleet.AddPresence(device, _fleet.Joins(device, _minutes), _minutes, changes);
            }
        }

        return changes;
    }

    private int NextPoll(int device, int from)
    {
        int every = _fleet.Shape.ReportMinutes;
        int phase = _fleet.Report(device);
        int at = from;
        while (at < _minutes)
        {
            at = _fleet.NextAwake(device, at);
            at += ((phase - at) % every + every) % every;
            if (!_fleet.IsAwake(device, at))
            {
                continue;
            }

            if (OutageEnd(at) is int end)
            {
                at = end;
            }
            else if (Dice.Coin(_plan.Seed ^ 0x1055 ^ (ulong)at << 32, (ulong)device) < _fleet.Shape.PacketLoss)
            {
                at++;
            }
            else
            {
                return at;
            }
        }

        return at;
    }

    private int? OutageEnd(int minute)
    {
        foreach (Disturbance disturbance in _plan.Disturbances)
        {
            if (disturbance.IsOutage && disturbance.Holds(minute))
            {
                return disturbance.Until;
            }
        }

        return null;
    }

    private void Install(int device, int minute)
    {
        int s = _fleet.StratumOf[device];
        _state[device] = Taken;
        _view.Installed[s]++;
        bool sound = Dice.Coin(_fleet.Seed ^ 0xA11E, (ulong)device) >= _fleet.Shape.FallbackDead;
        if (sound)
        {
            _view.FallbackAlive[s]++;
        }

        int after = _plan.Fault.HarmAfter(device, s, _cells, _effect[s], _plan.Seed);
        int harm = after < 0 ? Never : minute + after;
        Answer(after);
        if (harm < _minutes)
        {
            _harmAt[device] = (ushort)(harm + 1);
            _truthAt[harm]++;
        }

        // A device whose reports make no sense is evidence of nothing, and one that was ill before is none of good health: neither ever matures.
        int ill = FirstOwnHarm(device);
        if (!MakesSense(device, minute) || ill <= minute)
        {
            return;
        }

        _soaking[s]++;
        int matures = Matures(device, minute);
        int seen = harm == Never ? Never : SeenAt(device, harm);
        if (seen < _minutes && !IsLate(device))
        {
            _faultSeenAt[(seen * _strata + s) * Age.Classes + Age.ClassOf(seen - _exposedMinute[device])]++;
        }

        // Dark or slow devices do not report good health, even where nothing was counted yet.
        bool fails = harm <= matures || ill <= matures;
        if (!fails && matures < _minutes)
        {
            _matureAt[matures * _strata + s]++;
        }

        bool counts = _plan.Fault.Kind != FaultKind.None && _plan.Measures[_plan.Fault.Measure].IsHarm;
        int shows = Math.Min(counts ? seen : Never, ill);
        if (shows < _minutes)
        {
            (fails ? _harmedSoakingAt : _harmedLaterAt)[shows * _strata + s]++;
        }

        // It is watched while it is awake, and until it shows a harm: first as one that soaks, then as one that is well.
        int last = Math.Min(_minutes, harm == Never && shows == Never ? _minutes : Math.Min(harm, shows) + 1);
        int soaked = Math.Min(last, fails ? _minutes : Math.Min(matures, _minutes - 1) + 1);
        _fleet.AddPresence(device, minute + 1, soaked, _soakingChange);
        if (!fails)
        {
            _fleet.AddPresence(device, soaked, last, _wellChange);
        }
    }

    /// <summary>Some clocks run an hour ahead or two days behind; the rules' own screen says what such reports are worth.</summary>
    private bool MakesSense(int device, int minute)
    {
        double coin = Dice.Coin(_fleet.Seed ^ 0x5E25E, (ulong)device) / _fleet.Shape.Senseless;
        int error = coin < 0.5 ? 60 : coin < 1 ? -2880 : 0;
        return ReportScreen.Screen(new ReportFacts(minute + error, minute, 1, 0, 0, minute)) == ReportVerdict.Counts;
    }

    /// <summary>When trouble becomes known: three missed reports for a device that went dark, else its next report.</summary>
    private int SeenAt(int device, int harm) =>
        _plan.Fault.IsDark ? harm + 3 * _fleet.Shape.ReportMinutes : NextPoll(device, harm + 1);

    private void Answer(int harmAfter)
    {
        if (harmAfter is < 0 or > 5)
        {
            _view.InstallsReportedWell++;
        }
        else if (_plan.Fault.IsDark)
        {
            _view.InstallsUnanswered++;
        }
        else
        {
            _view.InstallsReportedFailed++;
        }
    }

    /// <summary>The first report after the device has run the release through its soak, awake.</summary>
    private int Matures(int device, int minute)
    {
        int soaked = AfterAwake(device, minute, _soak);
        return soaked < _minutes ? NextPoll(device, soaked) : soaked;
    }

    /// <summary>When a device has been awake for so many minutes from here on.</summary>
    private int AfterAwake(int device, int minute, int left)
    {
        int at = _fleet.NextAwake(device, minute);
        while (at < _minutes)
        {
            int sleeps = _fleet.AwakeUntil(device, at);
            if (sleeps - at > left)
            {
                return at + left;
            }

            left -= sleeps - at;
            at = _fleet.NextAwake(device, sleeps);
        }

        return at;
    }

    private Sample Take(int minute)
    {
        long online = 0;
        long taken = 0;
        int open = 0;
        for (int s = 0; s < _strata; s++)
        {
            online += _online[s];
            taken += _exposedAwake[s] - _waiting[s];
            open += _view.Exposed[s] > 0 ? 1 : 0;
        }

        var ringwall = _strategy as RingwallStrategy;
        long installed = _view.Installed.Sum(count => (long)count);
        return new Sample(
            minute, _view.ExposedAll, installed - _returnedAll, _harmed + _harmedByReturn.Sum(count => (long)count), online, taken,
            ringwall?.Evidence ?? double.NaN, ringwall?.BudgetSpent ?? double.NaN, open);
    }

    private long EnrolledAll() => _view.Counts.Enrolled.Sum(count => (long)count);

    private void Watch(int minute)
    {
        long online = 0;
        long taken = 0;
        for (int s = 0; s < _strata; s++)
        {
            online += _online[s];
            taken += _exposedAwake[s] - _waiting[s];
        }

        if (double.IsNaN(_hoursTo95) && _haltMinute < 0 && online > 0 && taken >= 0.95 * online)
        {
            _hoursTo95 = minute / 60.0;
        }

        if (!_passedBroad && _haltMinute < 0)
        {
            long exposed = 0;
            long enrolled = 0;
            for (int s = _fleet.Shape.Cells * (int)Ring.Broad; s < _fleet.Shape.Cells * (int)Ring.Critical; s++)
            {
                exposed += _view.Exposed[s];
                enrolled += _view.Counts.Enrolled[s];
            }

            _passedBroad = exposed >= 0.95 * enrolled;
        }
    }
}

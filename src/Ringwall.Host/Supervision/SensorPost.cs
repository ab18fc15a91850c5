using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Deliver;
using Ringwall.Host.Findings;
using Ringwall.Host.Sandboxes;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Supervision;

// Owns:     one configured sensor's state, strikes and thread.
// Threads:  its own thread lives the sensor's lives one after another and waits between them; orders and snapshots come from any. All
//           fields below the guard are under it; no call out is made while it is held.

/// <summary>One sensor that is to run, and whoever sees to it that it does.</summary>
internal sealed class SensorPost : ILifeWatch, IDisposable
{
    private const int StrikesKept = 20;

    private readonly CrewContext _context;
    private readonly Thread _thread;
    private readonly WakeUp _orders = new();
    private readonly ManualResetEventSlim _settled = new();

    private readonly Lock _guard = new();
    private readonly Queue<Strike> _strikes = new();
    private SensorState _state = SensorState.Stopped;
    private DateTimeOffset _since;
    private bool _wanted;
    private bool _again;        // an operator's restart: the next start does not wait
    private bool _quarantined;
    private bool _ending;
    private SensorManifest? _manifest;
    private HelloMessage? _hello;
    private Sandbox? _sandbox;
    private SensorSeat? _seat;
    private string _note = "";
    private long _starts;
    private TimeSpan _startedAt;
    private TimeSpan? _startedIn;
    private volatile RestartPolicy _restarts;
    private IReadOnlyList<string> _lastLines = [];

    public SensorPost(CrewContext context, SensorConfiguration configuration)
    {
        _context = context;
        _restarts = context.Restarts;
        _since = context.Clock.GetUtcNow();
        Configuration = configuration;
        _thread = new Thread(Work) { Name = $"sensor {configuration.RunName}", IsBackground = true };
    }

    public SensorConfiguration Configuration { get; }

    /// <summary>What follows on its strikes from now on.</summary>
    public RestartPolicy Restarts
    {
        get => _restarts;
        set => _restarts = value;
    }

    /// <summary>It was closed and has ended.</summary>
    public bool IsOver => _ending && !_thread.IsAlive;

    public bool ShallEnd
    {
        get
        {
            lock (_guard)
            {
                return !_wanted || _again || _quarantined || _ending;
            }
        }
    }

    /// <summary>Has it missed. One that does not say what it will judge is missed for all of it.</summary>
    public void Expect()
    {
        AskKinds asks = SensorManifestFile.Read(Configuration.Folder, out _)?.Asks ?? (AskKinds.Exec | AskKinds.Open);
        _context.Seats.Miss(Configuration.Name, asks & _context.Asks);
    }

    public void Open()
    {
        _wanted = true;
        _state = SensorState.Starting;
        _manifest = SensorManifestFile.Read(Configuration.Folder, out _);
        _thread.Start();
    }

    public SwitchOutcome Order(SensorOrder order)
    {
        lock (_guard)
        {
            switch (order)
            {
                case SensorOrder.Stop when !_wanted && !_quarantined:
                case SensorOrder.Start when _wanted && !_quarantined && _state is SensorState.Running or SensorState.Starting:
                    return SwitchOutcome.AlreadySo;
                case SensorOrder.Stop:
                    _wanted = false;
                    _quarantined = false;
                    break;
                default:
                    // Whoever starts it by hand has looked at it: it begins with a clean sheet.
                    _again = true;
                    _wanted = true;
                    _quarantined = false;
                    _strikes.Clear();
                    break;
            }
        }

        _orders.Set();
        return SwitchOutcome.Ordered;
    }

    public SensorSnapshot Snapshot()
    {
        Sandbox? sandbox;
        SensorSnapshot snapshot;
        lock (_guard)
        {
            sandbox = _sandbox;
            snapshot = new SensorSnapshot
            {
                Name = Configuration.Name,
                Vendor = _manifest?.Vendor ?? "",
                Engine = _manifest?.Version ?? "",
                State = _state,
                Since = _since,
                Generation = Configuration.Generation,
                Starts = _starts,
                StartedIn = _startedIn,
                Pid = sandbox?.Pid,
                Hello = _hello,
                Seat = _seat,
                Strikes = [.. _strikes],
                StrikesInWindow = _restarts.CountInWindow(_strikes, _context.Now),
                StrikesAllowed = _restarts.StrikesAllowed,
                Note = _note,
                LastLines = _lastLines,
                Shortfalls = sandbox?.Group.Shortfalls ?? [],
            };
        }

        if (sandbox is null)
        {
            return snapshot;
        }

        GroupUse use = sandbox.Group.Use();
        return snapshot with
        {
            LastLines = sandbox.Output.Lines(),
            MemoryBytes = use.MemoryBytes,
            CpuTime = use.CpuTime ?? ProcessTime.OfAll(sandbox.Pid),
        };
    }

    public void Started(Sandbox sandbox, SandboxPlan plan)
    {
        lock (_guard)
        {
            _sandbox = sandbox;
            _manifest = plan.Manifest;
        }
    }

    public void Welcomed(HelloMessage hello, SensorSeat seat)
    {
        lock (_guard)
        {
            _hello = hello;
            _seat = seat;
            _startedIn = _context.Now - _startedAt;
            EnterNeedsLock(SensorState.Running);
        }

        _settled.Set();
        _context.Say($"sensor {Configuration.RunName}: at work as {hello.Name} {hello.EngineVersion}, process {seat.Pid}");
    }

    public void Said(string note)
    {
        bool cut = false;
        string clean = CleanText.From(note, Protocol.MaxNoteBytes, ref cut);
        lock (_guard)
        {
            _note = clean;
        }
    }

    public bool Struck(in Complaint complaint, IReadOnlyList<string> lastLines)
    {
        Strike strike = new(
            complaint.Reason, complaint.Detail, _context.Clock.GetUtcNow(), _context.Now, Configuration.Generation, lastLines);
        bool goOn;
        lock (_guard)
        {
            _strikes.Enqueue(strike);
            if (_strikes.Count > StrikesKept)
            {
                _strikes.Dequeue();
            }

            _lastLines = lastLines;
            goOn = _restarts.Decide(_strikes, _context.Now) is not RestartDecision.Quarantine;
            _quarantined |= !goOn;
        }

        _context.Struck(strike);
        _context.Say($"sensor {Configuration.RunName}: strike, {strike}");
        return goOn;
    }

    /// <summary>Returns when it is at work for the first time or has failed once, or the patience is over.</summary>
    public void AwaitFirst(TimeSpan patience) => _settled.Wait(patience);

    /// <summary>Ends the sensor and the thread. Returns at once; <see cref="AwaitEnd"/> waits.</summary>
    public void Close()
    {
        lock (_guard)
        {
            _ending = true;
        }

        _orders.Set();
    }

    public void AwaitEnd()
    {
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Dispose()
    {
        Close();
        AwaitEnd();
        _orders.Dispose();
        _settled.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            switch (Next())
            {
                case Turn.End:
                    return;
                case Turn.Live:
                    Live();
                    break;
                case Turn.Rest:
                    _ = Poll.Readable([_orders.Handle], -1);
                    _orders.Clear();
                    break;
            }
        }
    }

    private Turn Next()
    {
        bool dismissed;
        lock (_guard)
        {
            if (_ending)
            {
                EnterNeedsLock(SensorState.Stopped);
                return Turn.End;
            }

            if (_wanted && !_quarantined)
            {
                _again = false;
                _starts++;
                (_startedAt, _startedIn) = (_context.Now, null);
                EnterNeedsLock(SensorState.Starting);
                return Turn.Live;
            }

            dismissed = !_quarantined && _state != SensorState.Stopped;
        }

        // In quarantine it is still wanted, and missed: its asks get the fallback. An operator's stop says that it is not.
        if (dismissed)
        {
            _context.Seats.Dismiss(Configuration.Name);
        }

        lock (_guard)
        {
            EnterNeedsLock(_quarantined ? SensorState.Quarantined : SensorState.Stopped);
        }

        return Turn.Rest;
    }

    private void Live()
    {
        try
        {
            new SensorLife(_context, Configuration, this).Run(_orders);
        }
        catch (Exception e)
        {
            // Whatever is wrong with one sensor must not end the host and with it all others.
            Struck(new Complaint(StrikeReason.Start, $"the host failed to run it: {e.Message}", EndsLife: true), []);
        }

        _settled.Set();
        RestartDecision decision;
        lock (_guard)
        {
            _lastLines = _sandbox?.Output.Lines() ?? _lastLines;
            _sandbox = null;
            _seat = null;
            _note = "";
            decision = _restarts.Decide(_strikes, _context.Now);
        }

        if (decision is RestartDecision.Quarantine quarantine)
        {
            _context.Say($"sensor {Configuration.RunName}: in quarantine after {quarantine.Why}; `ringwall sensors start {Configuration.Name}` starts it again");
        }
        else if (decision is RestartDecision.StartAfter start && !ShallEnd)
        {
            BackOff(start.Delay);
        }
    }

    private void BackOff(TimeSpan delay)
    {
        lock (_guard)
        {
            EnterNeedsLock(SensorState.BackingOff);
        }

        using Alarm alarm = new(_context.Clock);
        alarm.SetAfter(delay);
        while (!ShallEnd)
        {
            uint ready = Poll.Readable([alarm.Handle, _orders.Handle], -1);
            if ((ready & 1) != 0)
            {
                return;
            }

            _orders.Clear();
        }
    }

    private void EnterNeedsLock(SensorState state)
    {
        if (_state != state)
        {
            _state = state;
            _since = _context.Clock.GetUtcNow();
        }
    }

    private enum Turn
    {
        Live,
        Rest,
        End,
    }
}

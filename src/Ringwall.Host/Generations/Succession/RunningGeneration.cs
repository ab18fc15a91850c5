// Owns:     one running generation: its post, its shadow, and where it is seated.
// Threads:  Seat, Unseat, Miss and Dismiss by the sensor's own thread; moves by the succession's thread; both under the sensor's turn. The rest from any.
// Ordering: the turn is taken before a seat changes sides. Nothing that is called under it takes it: not the answering thread, not a shadow's listener.

using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Deliver;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Supervision;

namespace Ringwall.Host.Generations.Succession;

/// <summary>One generation at work, in service or beside it.</summary>
internal sealed class RunningGeneration : ISeats, IShadow, IDisposable
{
    // One that is on trial has one chance.
    private static readonly RestartPolicy OneChance = new() { StrikesAllowed = 1 };

    private readonly SensorSuccession _sensor;
    private readonly CrewContext _context;
    private volatile Standing _standing;
    private volatile SensorSeat? _seat;      // set under the turn
    private GenerationUse _lastUse;

    public RunningGeneration(SensorSuccession sensor, CrewContext context, SensorConfiguration configuration, Standing standing)
    {
        _sensor = sensor;
        _context = context;
        _standing = standing;
        Post = new SensorPost(
            context with
            {
                Seats = this,
                Findings = Report,
                Struck = strike => sensor.Struck(this, strike),
                Restarts = standing == Standing.OnTrial ? OneChance : context.Restarts,
            },
            configuration);
    }

    public SensorPost Post { get; }

    public Shadow Shadow { get; } = new();

    public long Number => Post.Configuration.Generation;

    public Standing Standing => _standing;

    /// <summary>Its seat while it is at work. Under the turn.</summary>
    public SensorSeat? SeatNeedsTurn => _seat is { IsClosed: false } seat ? seat : null;

    public ShadowState State => Post.Snapshot() switch
    {
        { Seat: not null, State: SensorState.Running } => ShadowState.AtWork,
        { State: SensorState.Starting or SensorState.BackingOff } => ShadowState.Starting,
        _ => ShadowState.Ended,
    };

    public TimeSpan? StartedIn => Post.Snapshot().StartedIn;

    public AskKinds Asks => _seat?.Asks ?? AskKinds.None;

    public TellKinds Tells => _seat?.Tells ?? TellKinds.None;

    public IReadOnlyList<Strike> Strikes => Post.Snapshot().Strikes;

    public GenerationUse Use()
    {
        SensorSnapshot now = Post.Snapshot();
        if (now.Seat is not { } seat)
        {
            return _lastUse;
        }

        (long told, long lost) = _context.ToldAndLost(seat);
        return _lastUse = new GenerationUse
        {
            Asked = seat.Counters.Asked,
            Answered = seat.Counters.Answered,
            Missed = seat.Counters.MissedDeadlines,
            Told = told + Shadow.Told,
            Lost = lost,
            Findings = seat.Findings,
            CpuTime = now.CpuTime,
            MemoryBytes = now.MemoryBytes,
        };
    }

    public void Listen(IShadowListener? listener) => Shadow.Listen(listener);

    public ShadowSend TryAsk(ulong ticket, ReadOnlySpan<byte> message, long deadlineNs, int descriptor) =>
        AskMessage.TryRead(message, out AskMessage ask) ? Shadow.TryAsk(ticket, ask.Class, message, deadlineNs, descriptor) : ShadowSend.NotTaken;

    public ShadowSend TryTell(ReadOnlySpan<byte> message, int events) => Shadow.TryTell(message, events);

    public void Seat(SensorSeat seat)
    {
        lock (_sensor.Turn)
        {
            _seat = seat;
            if (_standing == Standing.InService)
            {
                _context.Service.Seat(seat);
                return;
            }

            _context.Service.SeatBeside(seat);
            Shadow.Seat(seat);
        }

        _sensor.AtWork(this);
    }

    public void Unseat(SensorSeat seat, bool failed)
    {
        lock (_sensor.Turn)
        {
            _seat = null;
            if (_standing == Standing.InService && failed && _sensor.TryRelieveNeedsTurn(this, seat))
            {
                _context.Service.UnseatBeside(seat);
            }
            else if (_standing == Standing.InService)
            {
                _context.Service.Unseat(seat, failed);
            }
            else
            {
                Shadow.Release();
                _context.Service.UnseatBeside(seat);
            }
        }
    }

    public void Miss(string name, AskKinds asks)
    {
        if (_standing == Standing.InService)
        {
            _context.Service.Miss(name, asks);
        }
    }

    public void Dismiss(string name)
    {
        if (_standing == Standing.InService)
        {
            _context.Service.Dismiss(name);
        }
    }

    /// <summary>It takes the place of whoever is in service.</summary>
    /// <param name="from">Who was, and is beside from now on; null when nobody was.</param>
    /// <param name="leave">That one's seat, if it has one.</param>
    /// <param name="then">What that one becomes.</param>
    public void EnterServiceNeedsTurn(RunningGeneration? from, SensorSeat? leave, Standing then)
    {
        SensorSeat enter = SeatNeedsTurn ?? throw new InvalidOperationException($"{Post.Configuration.RunName} is not at work.");
        Shadow.Release();
        _context.Service.Relieve(leave, enter);
        _standing = Standing.InService;
        Post.Restarts = _context.Restarts;
        if (from is null)
        {
            return;
        }

        from._standing = then;
        if (then == Standing.Fallback && from.SeatNeedsTurn is { } muted)
        {
            from.Shadow.Seat(muted);
        }
    }

    /// <summary>Ends it. Returns at once; <see cref="Dispose"/> waits.</summary>
    public void Leave()
    {
        lock (_sensor.Turn)
        {
            if (_standing != Standing.InService)
            {
                _standing = Standing.Leaving;
            }
        }

        Post.Close();
    }

    public void Dispose()
    {
        Post.Dispose();
        Shadow.Dispose();
    }

    // What a generation beside service finds is counted, and not told to anybody: it would be found twice, or by one whose word does not count yet.
    private bool Report(FindingSource source, ReadOnlySpan<byte> message) =>
        _standing == Standing.InService ? _context.Findings(source, message) : FindingMessage.TryRead(message, out _);
}

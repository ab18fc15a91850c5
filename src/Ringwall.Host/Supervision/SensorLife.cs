using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Deliver;
using Ringwall.Host.Findings;
using Ringwall.Host.Responses;
using Ringwall.Host.Sandboxes;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Supervision;

// Owns:     one start of one sensor: its sandbox, its seat, the conversation outside of asks and tells.
// Threads:  the sensor's own thread alone (SensorPost), from Run's begin to its end. The kernel kills the sensor when that thread ends.
// Ordering: sandbox → hello → welcome → Seat; from then on only the answering thread reads the socket, and what is not a verdict comes
//           through the inbox. Unseat → Stop message → end of the sandbox, which closes the socket.

/// <summary>One life of a sensor, from its start to its end.</summary>
internal sealed class SensorLife(CrewContext context, SensorConfiguration configuration, ILifeWatch watch)
{
    // A sensor that closes its socket mostly does so by ending: the kernel closes what a process has open before it tells of the end.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    // With 4 KiB each time, 256 KiB a second are read of what it writes. When it writes more the pipe is full, and it waits; not the host.
    private static readonly TimeSpan BetweenOutputs = TimeSpan.FromSeconds(1.0 / 64);

    // Only so many messages are read between two looks at everything else.
    private const int MostPerRound = 256;

    // A sensor that requests and does not read what became of it loses that.
    private const int OutcomesAtMost = 1024;

    private byte[] _message = [];
    private readonly Pulse _pulse = new(context.Health.AskEvery, context.Health.AnswerWithin);
    private readonly HealthWatch _health = new(context.Health, configuration.Limits.CpuPercent / 100.0, configuration.Limits.FindingsPerMinute);
    private TimeSpan _startedAt;
    private FindingSource? _source;
    private bool _outputIsOpen = true;
    private TimeSpan _nextOutput;
    private long _ownLost;
    private ResponseKinds _granted;
    private ResponseRequester? _requester;
    private readonly Queue<OutcomeMessage> _outcomes = new();     // under itself, as the next: put by the responses thread
    private bool _isOver;

    private TimeSpan Age => context.Now - _startedAt;

    /// <summary>Returns when the sensor has ended and nothing of it is left.</summary>
    /// <param name="orders">Readable when <see cref="ILifeWatch.ShallEnd"/> may have changed.</param>
    public void Run(WakeUp orders)
    {
        // Lent and given back: a sensor that restarts often leaves nothing behind on the heap that is collected last.
        _message = ArrayPool<byte>.Shared.Rent(Protocol.MaxMessageBytes);
        try
        {
            Live(orders);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_message);
            _message = [];
        }
    }

    private void Live(WakeUp orders)
    {
        SandboxPlan plan;
        Sandbox sandbox;
        try
        {
            context.Verify(configuration);
            plan = SandboxPlan.Make(configuration, context.Place.Libraries);
            sandbox = Sandbox.Start(plan, context.Place);
        }
        catch (SandboxException e)
        {
            watch.Struck(new Complaint(StrikeReason.Start, e.Message, EndsLife: true), []);
            return;
        }

        _startedAt = context.Now;
        watch.Started(sandbox, plan);
        SensorSeat? seat = null;
        Complaint? fault = null;
        bool ended = false;
        try
        {
            using Alarm alarm = new(context.Clock);
            if (TryMeet(sandbox, plan, alarm, orders, out HelloMessage? hello, out fault, out ended))
            {
                seat = Welcomed(sandbox, hello);
                fault = AtWork(sandbox, seat, alarm, orders, out ended);
            }
        }
        finally
        {
            // Also when something here failed: no sensor is left to itself.
            Leave(sandbox, seat, fault, ended);
        }
    }

    // Waits for the hello and checks it.
    private bool TryMeet(
        Sandbox sandbox, SandboxPlan plan, Alarm alarm, WakeUp orders,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HelloMessage? hello, out Complaint? fault, out bool ended)
    {
        hello = null;
        fault = null;
        ended = false;
        alarm.SetAfter(context.Health.HelloWithin);
        while (!watch.ShallEnd && !ended)
        {
            uint ready = Wait(sandbox, sandbox.Socket, alarm, orders);
            if (IsReady(ready, 4))
            {
                fault = sandbox.Socket.TryReceive(_message, out int length) switch
                {
                    ReceiveOutcome.Received => Read(_message.AsSpan(0, length), plan, sandbox, out hello),
                    ReceiveOutcome.Nothing => null,
                    ReceiveOutcome.Closed when sandbox.HasEnded(EndPatience, out _) => null,
                    ReceiveOutcome.Closed => new Complaint(StrikeReason.Start, "it closed its socket before its hello", EndsLife: true),
                    var outcome => new Complaint(StrikeReason.Start, $"its hello could not be received: {outcome}", EndsLife: true),
                };
                if (hello is not null || fault is not null)
                {
                    return fault is null;
                }
            }

            ended = sandbox.HasEnded(TimeSpan.Zero, out _);
            if (!ended && Age >= context.Health.HelloWithin)
            {
                fault = new Complaint(
                    StrikeReason.Start, $"it did not say hello within {context.Health.HelloWithin.TotalSeconds:0.#} s", EndsLife: true);
                return false;
            }
        }

        return false;
    }

    private Complaint? Read(ReadOnlySpan<byte> message, SandboxPlan plan, Sandbox sandbox, out HelloMessage? hello)
    {
        if (!HelloMessage.TryRead(message, out hello))
        {
            return new Complaint(StrikeReason.Start, "its first message is not a hello that makes sense", EndsLife: true);
        }

        if (Introduction.Refusal(hello, plan.Manifest) is { } why)
        {
            return new Complaint(StrikeReason.Start, why, EndsLife: true);
        }

        _granted = plan.Manifest.Rights & configuration.Grants;
        WelcomeMessage welcome = Introduction.Welcome(hello, _granted, context);
        SendOutcome sent = sandbox.Socket.TrySend(_message.AsSpan(0, welcome.Write(_message)));
        return sent == SendOutcome.Sent
            ? null
            : new Complaint(StrikeReason.Start, $"it could not be welcomed: {sent}", EndsLife: true);
    }

    private SensorSeat Welcomed(Sandbox sandbox, HelloMessage hello)
    {
        _source = new FindingSource(configuration.Name, hello.Vendor, hello.EngineVersion, hello.ContentVersion, (int)configuration.Generation);
        SensorSeat seat = new(
            configuration.Name, configuration.Generation, sandbox.Socket, hello.Asks & context.Asks, hello.Tells & context.Tells, hello.WantsDescriptor, sandbox.Pid)
        {
            Source = _source,
            Budget = context.Budgets?.Of(configuration.Name, configuration.Generation),
        };
        _requester = new ResponseRequester(_source, _granted, outcome => Hear(seat, outcome));
        context.Seats.Seat(seat);
        watch.Welcomed(hello, seat);
        return seat;
    }

    // Until it ends, shall end, or has failed for good.
    private Complaint? AtWork(Sandbox sandbox, SensorSeat seat, Alarm alarm, WakeUp orders, out bool ended)
    {
        ended = false;
        alarm.SetAfter(context.Health.LookEvery);
        while (!watch.ShallEnd)
        {
            uint ready = Wait(sandbox, seat.Inbox.Arrived.Handle, alarm, orders);
            TakeInbox(seat);
            SendOutcomes(seat);
            if (ended = sandbox.HasEnded(TimeSpan.Zero, out _))
            {
                return null;
            }

            if (!IsReady(ready, 2))
            {
                continue;
            }

            alarm.SetAfter(context.Health.LookEvery);
            if (Check(sandbox, seat) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    // The complaint that ends this life, if there is one.
    private Complaint? Check(Sandbox sandbox, SensorSeat seat)
    {
        foreach (Complaint complaint in _health.Look(Reading(sandbox, seat)))
        {
            // A process that the kernel killed for want of memory may be the sensor itself, which then is about to be reaped.
            if (complaint.EndsLife || !watch.Struck(complaint, sandbox.Output.Lines()))
            {
                return complaint;
            }
        }

        if (_pulse.IsDue(Age, out ulong token))
        {
            switch (seat.Socket.TrySend(_message.AsSpan(0, new HealthAskMessage(token).Write(_message))))
            {
                case SendOutcome.Sent: _pulse.Sent(); break;
                case SendOutcome.Closed when !sandbox.HasEnded(EndPatience, out _): return new Complaint(StrikeReason.Silence, "it closed its socket and went on running", EndsLife: true);
            }
        }

        return _pulse.IsMissing(Age, out TimeSpan waited)
            ? new Complaint(StrikeReason.Hang, $"it did not answer for {waited.TotalSeconds:0.#} s when asked for its health", EndsLife: true)
            : null;
    }

    private HealthReading Reading(Sandbox sandbox, SensorSeat seat)
    {
        GroupUse use = sandbox.Group.Use();
        (long told, long lost) = context.ToldAndLost(seat);
        return new HealthReading
        {
            At = Age,
            Asked = seat.Counters.Asked,
            Missed = seat.Counters.MissedDeadlines,
            NotExpected = seat.Counters.NotExpected,
            Malformed = seat.Counters.Malformed + seat.Nonsense,
            Dropped = seat.Inbox.Dropped,
            Findings = seat.Findings,
            Told = told,
            Lost = lost + _ownLost,
            Output = sandbox.Output.Bytes,
            MemoryKills = use.MemoryKills ?? 0,
            CpuTime = use.CpuTime ?? ProcessTime.OfAll(sandbox.Pid),
        };
    }

    private void TakeInbox(SensorSeat seat)
    {
        for (int count = 0; count < MostPerRound && seat.Inbox.TryTake(_message, out int length); count++)
        {
            ReadOnlySpan<byte> message = _message.AsSpan(0, length);
            MessageKind kind = length >= Protocol.HeadBytes ? (MessageKind)BinaryPrimitives.ReadUInt16LittleEndian(message) : MessageKind.None;
            bool good = kind switch
            {
                MessageKind.Finding => TakeFinding(seat, message),
                MessageKind.Health => TakeHealth(message),
                MessageKind.Request when context.Requests is { } desk => desk.Take(_requester!, message),

                // A kind that this host does not know comes from a newer sensor; one that only a host may send makes no sense.
                _ => kind is not (MessageKind.None or MessageKind.Hello or MessageKind.Welcome or MessageKind.Ask
                    or MessageKind.Tells or MessageKind.HealthAsk or MessageKind.Stop or MessageKind.Outcome),
            };
            if (!good)
            {
                seat.CountNonsense();
            }
        }
    }

    private bool TakeFinding(SensorSeat seat, ReadOnlySpan<byte> message)
    {
        if (!context.Findings(_source!, message))
        {
            return false;
        }

        seat.CountFinding();
        return true;
    }

    // Any thread; this one is woken as if the sensor had said something. Once it is over, its wake-up is closed.
    private bool Hear(SensorSeat seat, OutcomeMessage outcome)
    {
        lock (_outcomes)
        {
            if (_isOver || _outcomes.Count >= OutcomesAtMost)
            {
                return false;
            }

            _outcomes.Enqueue(outcome);
            seat.Inbox.Arrived.Set();
            return true;
        }
    }

    private void SendOutcomes(SensorSeat seat)
    {
        lock (_outcomes)
        {
            while (_outcomes.TryPeek(out OutcomeMessage? outcome) && seat.Socket.TrySend(_message.AsSpan(0, outcome.Write(_message))) != SendOutcome.Full)
            {
                _ = _outcomes.Dequeue();
            }
        }
    }

    private bool TakeHealth(ReadOnlySpan<byte> message)
    {
        if (!HealthMessage.TryRead(message, out HealthMessage health) || !_pulse.Heard(health.Token, Age))
        {
            return false;
        }

        watch.Said(health.Note);

        // Its own word for what it lost: taken when it is against itself, and never below what it said before.
        _ownLost = Math.Max(_ownLost, (long)Math.Min(health.TellsLost, long.MaxValue / 4));
        return true;
    }

    // Takes it off its seat, asks it to end when it was told to, ends it, and says why it had to.
    private void Leave(Sandbox sandbox, SensorSeat? seat, Complaint? fault, bool ended)
    {
        bool ordered = watch.ShallEnd && fault is null && !ended;
        if (seat is not null)
        {
            context.Seats.Unseat(seat, failed: !ordered);
        }

        if (ordered)
        {
            AskToEnd(sandbox, seat is not null);
        }

        long kills = sandbox.Group.Use().MemoryKills ?? 0;
        ExitStatus status = sandbox.End();
        if (seat is not null)
        {
            // What it had said last: mostly why.
            TakeInbox(seat);
            lock (_outcomes)
            {
                _isOver = true;
            }

            seat.Dispose();
        }

        fault ??= ordered ? null : Ending.Of(status, kills, seat is not null);
        if (fault is { EndsLife: true } final)
        {
            watch.Struck(final, sandbox.Output.Lines());
        }
    }

    private void AskToEnd(Sandbox sandbox, bool speaks)
    {
        TimeSpan patience = context.Health.StopWithin;
        if (speaks)
        {
            StopMessage stop = new((ulong)(Kernel.Scheduling.MonotonicClock.NowNs + (long)patience.TotalNanoseconds));
            _ = sandbox.Socket.TrySend(_message.AsSpan(0, stop.Write(_message)));
        }
        else
        {
            sandbox.AskToEnd();
        }

        using Alarm alarm = new(context.Clock);
        alarm.SetAfter(patience);
        for (uint ready = 0; !IsReady(ready, 2) && !sandbox.HasEnded(TimeSpan.Zero, out _);)
        {
            ready = Wait(sandbox, null, alarm, null);
        }
    }

    // Bits: 0 ended, 1 output, 2 alarm, 3 orders, 4 what else is waited for.
    private uint Wait(Sandbox sandbox, SafeHandle? more, Alarm alarm, WakeUp? orders)
    {
        TimeSpan pause = _outputIsOpen ? _nextOutput - context.Now : TimeSpan.Zero;
        bool hearsOutput = _outputIsOpen && pause <= TimeSpan.Zero;
        uint ready = Poll.Readable(
            [sandbox.Ended, hearsOutput ? sandbox.OutputArrived : null, alarm.Handle, orders?.Handle, more],
            pause > TimeSpan.Zero ? (int)Math.Ceiling(pause.TotalMilliseconds) : -1);
        if (IsReady(ready, 1))
        {
            _outputIsOpen = sandbox.TakeOutput();
            _nextOutput = context.Now + BetweenOutputs;
        }

        if (IsReady(ready, 3))
        {
            orders!.Clear();
        }

        return ready;
    }

    private static bool IsReady(uint bits, int place) => (bits & (1u << place)) != 0;
}

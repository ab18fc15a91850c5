// Owns:         one run of a sensor: its threads, its queues, the order of start and stop.
// Does not own: the socket (who called Run does).
// Threads:      the calling thread reads the socket, judges (without workers) and answers health questions; one thread hands out tells;
//               workers judge, if any. Whoever fails shuts the socket down, which ends the reading thread's wait.
using System.Buffers;
using Ringwall.Contract;

namespace Ringwall.Sdk.Running;

internal sealed class Session
{
    // Slots of Progress.
    private const int ReadingThread = 0;
    private const int TellThread = 1;
    public const int FirstWorker = 2;

    private readonly SensorOptions _options;
    private readonly SensorSocket _socket;
    private readonly TextWriter _errors;
    private readonly TellQueue _tells;
    private readonly AskWorkers? _workers;
    private readonly Judge _judge;
    private readonly Thread _tellThread;
    private int _failed;
    private ulong _unanswered;      // the token of a health question that met a stuck call
    private bool _hasUnanswered;
    private ulong _requests;

    public Session(Sensor sensor, SensorOptions options, SensorSocket socket, TextWriter errors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WaitingAsks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TellQueueBytes, 64 * 1024);
        Sensor = sensor;
        Progress = new Progress(FirstWorker + options.Workers);
        _options = options;
        _socket = socket;
        _errors = errors;
        _judge = new Judge(this, ReadingThread);
        _tells = new TellQueue(options.TellQueueBytes);
        _tellThread = new Thread(HandOutTells) { IsBackground = true, Name = "tell" };
        _workers = options.Workers > 0 ? new AskWorkers(this, options.Workers, options.WaitingAsks) : null;
    }

    public Sensor Sensor { get; }

    public Progress Progress { get; }

    /// <summary>Waits for a thread until a point of CLOCK_MONOTONIC.</summary>
    public static bool Join(Thread thread, ulong deadline)
    {
        TimeSpan left = MonotonicClock.Until(deadline);
        return thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    public int Run()
    {
        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        if (!SayHello(buffer) || !HearWelcome(buffer, out WelcomeMessage welcome) || !Guard("OnStart", () => Sensor.OnStart(welcome)))
        {
            return 1;
        }

        _tellThread.Start();
        _workers?.Start();
        ulong? stopBy = Read(buffer);
        bool told = stopBy is not null;
        if (Volatile.Read(ref _failed) != 0)
        {
            return 1;
        }

        // When the host is gone nobody waits for verdicts any more; when it said stop, what is here is finished.
        ulong deadline = MonotonicClock.Now + (ulong)_options.StopGrace.TotalNanoseconds;
        deadline = stopBy is > 0 ? Math.Min(stopBy.Value, deadline) : deadline;
        _tells.Close(forget: !told);
        bool ended = (_workers?.Close(forget: !told, deadline) ?? true) & Join(_tellThread, deadline);
        if (!ended)
        {
            Fail("A call into the sensor still runs although it was to stop.");
        }

        return ended && Volatile.Read(ref _failed) == 0 && Guard("OnStop", Sensor.OnStop) ? 0 : 1;
    }

    /// <summary>Says why the sensor ends with status 1, and makes it end. The first reason counts.</summary>
    public void Fail(string reason)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            _errors.WriteLine(reason);
            _errors.Flush();
        }

        _socket.Shutdown();
    }

    /// <summary>Sends it, after the verdict if this thread is judging.</summary>
    public void Say(IOutgoing said)
    {
        if (!Judge.Defer(this, said))
        {
            Send(said);
        }
    }

    /// <summary>Numbers the request and sends it, after the verdict if this thread is judging.</summary>
    public ulong Request(ResponseRequest request)
    {
        if (request.Number != 0)
        {
            throw new ArgumentException("This request was sent before; make a new one.", nameof(request));
        }

        request.Number = Interlocked.Increment(ref _requests);
        Say(request);
        return request.Number;
    }

    public void Send(IOutgoing said)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Protocol.MaxMessageBytes);
        int length = said.Write(buffer);
        Send(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Sends, waiting for room. A host that is gone is noticed by the reading thread.</summary>
    public void Send(ReadOnlySpan<byte> message)
    {
        SendOutcome outcome = _socket.Send(message);
        if (outcome is not (SendOutcome.Sent or SendOutcome.Closed))
        {
            Fail($"A message of {message.Length} bytes could not be sent: {outcome}.");
        }
    }

    private bool SayHello(byte[] buffer) => Guard("Describing the sensor", () =>
    {
        SensorIdentity identity = Sensor.Identity;
        HelloMessage hello = new()
        {
            Name = identity.Name,
            Vendor = identity.Vendor,
            EngineVersion = identity.EngineVersion,
            ContentVersion = identity.ContentVersion,
            Asks = Sensor.Asks,
            Tells = Sensor.Tells,
            WantsDescriptor = Sensor.WantsDescriptor,
        };
        Send(buffer.AsSpan(0, hello.Write(buffer)));
    });

    private bool HearWelcome(byte[] buffer, out WelcomeMessage welcome)
    {
        ReceiveOutcome outcome = _socket.Receive(buffer, out int length, out PassedDescriptor descriptor);
        descriptor.Dispose();
        if (!WelcomeMessage.TryRead(buffer.AsSpan(0, length), out welcome))
        {
            Fail(outcome == ReceiveOutcome.Closed ? "The host closed the socket instead of a welcome." : "The host's first message is not a welcome.");
            return false;
        }

        if (welcome.ProtocolVersion > Protocol.Version)
        {
            Fail($"The host speaks protocol version {welcome.ProtocolVersion}; this sensor offered {Protocol.Version}.");
            return false;
        }

        return true;
    }

    /// <summary>Reads until the end. Returns the stop message's deadline (0: none given), or null when the host is gone or something failed.</summary>
    private ulong? Read(byte[] buffer)
    {
        while (true)
        {
            ReceiveOutcome outcome = _socket.Receive(buffer, out int length, out PassedDescriptor descriptor);
            if (outcome != ReceiveOutcome.Received)
            {
                if (outcome != ReceiveOutcome.Closed)
                {
                    Fail($"The socket failed: {outcome}.");
                }

                return null;
            }

            ReadOnlySpan<byte> message = buffer.AsSpan(0, length);
            if (!MessageHead.TryRead(message, out MessageKind kind))
            {
                Fail("The host sent a malformed message.");
            }

            if (kind == MessageKind.Stop && StopMessage.TryRead(message, out StopMessage stop))
            {
                descriptor.Dispose();
                return stop.Deadline;
            }

            if (kind == MessageKind.Ask && _workers is { } workers)
            {
                if (workers.Offer(message, descriptor))
                {
                    continue;       // the descriptor went along
                }

                Progress.CountLate();
            }
            else
            {
                Take(kind, message, descriptor);
            }

            descriptor.Dispose();
        }
    }

    private void Take(MessageKind kind, ReadOnlySpan<byte> message, PassedDescriptor descriptor)
    {
        switch (kind)
        {
            case MessageKind.Ask:
                _judge.Answer(message, descriptor);
                break;
            case MessageKind.Tells when TellBatch.TryRead(message, out TellBatch batch):
                Progress.CountLost(_tells.Put(batch));
                break;
            case MessageKind.HealthAsk when HealthAskMessage.TryRead(message, out HealthAskMessage ask):
                AnswerHealth(ask.Token);
                break;
            case MessageKind.Outcome when OutcomeMessage.TryRead(message, out OutcomeMessage outcome):
                HearOutcome(outcome);
                break;
            case MessageKind.Tells or MessageKind.HealthAsk or MessageKind.Stop or MessageKind.Outcome:
                Fail($"The host sent a malformed {kind} message.");
                break;
        }
    }

    private void HearOutcome(OutcomeMessage outcome)
    {
        Progress.Enter(ReadingThread, MonotonicClock.Now);
        _ = Guard("OnOutcome", () => Sensor.OnOutcome(outcome));
        Progress.Leave(ReadingThread);
        CallEnded();
    }

    private void AnswerHealth(ulong token)
    {
        Volatile.Write(ref _unanswered, token);
        Volatile.Write(ref _hasUnanswered, true);
        AnswerHealthIfTrue();
    }

    /// <summary>A call into the sensor has ended: a question that met it while it was stuck can be answered now.</summary>
    public void CallEnded()
    {
        if (Volatile.Read(ref _hasUnanswered))
        {
            AnswerHealthIfTrue();
        }
    }

    private void AnswerHealthIfTrue()
    {
        // Silence is the truth about a sensor that is stuck: this thread still lives, the one that matters does not.
        ulong now = MonotonicClock.Now;
        if (Progress.Busy(now) < (ulong)_options.StuckAfter.TotalNanoseconds && Interlocked.Exchange(ref _hasUnanswered, false))
        {
            Span<byte> into = stackalloc byte[512];
            HealthMessage health = Progress.ToHealth(Volatile.Read(ref _unanswered), now, _tells.Count, _workers?.Waiting ?? 0, Sensor.Note);
            Send(into[..health.Write(into)]);
        }
    }

    private void HandOutTells()
    {
        byte[] buffer = new byte[Protocol.MaxEventBytes];
        while (_tells.Take(buffer, out int length))
        {
            if (!TellReader.TryRead(buffer.AsSpan(0, length), out TellReader tell))
            {
                Fail("The host sent a malformed event.");
                return;
            }

            if (tell.Kind > TellEventKind.Loss)
            {
                continue;       // from a newer host
            }

            Progress.Enter(TellThread, MonotonicClock.Now);
            try
            {
                Sensor.OnTellView(in tell);
            }
            catch (Exception thrown)
            {
                Fail($"OnTell threw, so the sensor ends: {thrown}");
                return;
            }

            Progress.Leave(TellThread);
            Progress.CountHandled();
            CallEnded();
        }
    }

    private bool Guard(string name, Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (Exception thrown)
        {
            Fail($"{name} threw, so the sensor ends: {thrown}");
            return false;
        }
    }
}

// Owns:    the host's end of a socket whose other end a sensor in this process runs on.
// Threads: one for the sensor; everything here is for one test thread.
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;

namespace Ringwall.Sdk.Testing;

/// <summary>
/// A host for tests: runs a sensor in this process over a real socket, asks, tells, and shows what comes back. Needs neither rights
/// nor a kernel feature. Waits up to 20 seconds for each answer and throws TimeoutException then.
/// </summary>
public sealed class SensorTrial : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SensorSocket _host;
    private readonly SensorSocket _sensorEnd;
    private readonly StringWriter _errors = new();
    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[Protocol.MaxMessageBytes];
    private readonly List<byte[]> _received = [];       // not taken yet
    private ulong _ticket;
    private ulong _token;
    private int _exit = -1;

    private SensorTrial(Sensor sensor, SensorOptions options)
    {
        (_host, _sensorEnd) = SensorSocket.CreatePair();
        _thread = new Thread(() =>
        {
            int exit = Sensor.Run(sensor, options, _sensorEnd, TextWriter.Synchronized(_errors));
            Volatile.Write(ref _exit, exit);
            _sensorEnd.Shutdown();
        }) { IsBackground = true, Name = "sensor under trial" };
        _thread.Start();
        Hello = HelloMessage.TryRead(Receive(MessageKind.Hello), out HelloMessage hello)
            ? hello
            : throw new InvalidDataException("The sensor's hello is malformed.");
        WelcomeMessage welcome = new()
        {
            HostVersion = "trial",
            Asks = hello.Asks,
            Tells = hello.Tells,
            Responses = ResponseKinds.Kill | ResponseKinds.Quarantine | ResponseKinds.Block | ResponseKinds.Isolate,
        };
        Send(_buffer.AsSpan(0, welcome.Write(_buffer)));
    }

    /// <summary>What the sensor said about itself.</summary>
    public HelloMessage Hello { get; }

    /// <summary>What the SDK wrote about the sensor's failure, if it failed.</summary>
    public string Errors => _errors.ToString();

    /// <summary>Starts the sensor, reads its hello and welcomes it to all that it wants.</summary>
    public static SensorTrial Start(Sensor sensor, SensorOptions? options = null) => new(sensor, options ?? new SensorOptions());

    /// <summary>Asks about a file of this machine and waits for the verdict.</summary>
    /// <param name="eventClass">What is about to happen to it.</param>
    /// <param name="path">The file; its descriptor is passed if the sensor wants descriptors.</param>
    public TrialVerdict Judge(EventClass eventClass, string path)
    {
        SendAsk(eventClass, path, TimeSpan.FromSeconds(10));
        return WaitVerdict();
    }

    /// <summary>Asks and does not wait. Returns the ticket.</summary>
    public ulong SendAsk(EventClass eventClass, string path, TimeSpan timeLeft)
    {
        using SafeFileHandle? file = Hello.WantsDescriptor ? File.OpenHandle(path) : null;
        AskMessage ask = new()
        {
            Ticket = ++_ticket,
            Class = eventClass,
            Deadline = MonotonicClock.Now + (ulong)(long)timeLeft.TotalNanoseconds,
            Path = Encoding.UTF8.GetBytes(path),
            Size = file is null ? 0 : (ulong)RandomAccess.GetLength(file),
            Process = new ProcessView { Pid = (uint)Environment.ProcessId, Executable = Encoding.UTF8.GetBytes(Environment.ProcessPath ?? "") },
        };
        Send(_buffer.AsSpan(0, ask.Write(_buffer)), (int)(file?.DangerousGetHandle() ?? -1));
        return _ticket;
    }

    /// <summary>Waits for the next verdict.</summary>
    public TrialVerdict WaitVerdict() => VerdictMessage.TryRead(Receive(MessageKind.Verdict), out VerdictMessage verdict)
        ? new TrialVerdict(verdict.Ticket, verdict.Verdict, verdict.Cacheable, Encoding.UTF8.GetString(verdict.Reason))
        : throw new InvalidDataException("The sensor's verdict is malformed.");

    /// <summary>Tells events, as one batch.</summary>
    public void Tell(params ReadOnlySpan<TellEvent> tells)
    {
        byte[] encoded = new byte[Protocol.MaxEventBytes];
        TellBatchWriter batch = new(_buffer);
        foreach (TellEvent tell in tells)
        {
            if (!batch.TryAdd(encoded.AsSpan(0, tell.Write(encoded))))
            {
                throw new ArgumentException($"{tells.Length} events do not fit into one batch.");
            }
        }

        Send(_buffer.AsSpan(0, batch.Finish()));
    }

    /// <summary>Waits for the next finding.</summary>
    public FindingMessage WaitFinding() => FindingMessage.TryRead(Receive(MessageKind.Finding), out FindingMessage finding)
        ? finding
        : throw new InvalidDataException("The sensor's finding is malformed.");

    /// <summary>Waits for the next request. Nothing is done about it; <see cref="Answer"/> says what the sensor shall hear.</summary>
    public RequestMessage WaitRequest() => RequestMessage.TryRead(Receive(MessageKind.Request), out RequestMessage request)
        ? request
        : throw new InvalidDataException("The sensor's request is malformed.");

    /// <summary>Tells the sensor what became of a request.</summary>
    public void Answer(RequestMessage request, ResponseOutcome outcome, string reason = "") =>
        Send(_buffer.AsSpan(0, new OutcomeMessage { Number = request.Number, Outcome = outcome, Reason = reason }.Write(_buffer)));

    /// <summary>Asks for health and waits for the answer.</summary>
    public HealthMessage AskHealth()
    {
        Send(_buffer.AsSpan(0, new HealthAskMessage(++_token).Write(_buffer)));
        return HealthMessage.TryRead(Receive(MessageKind.Health), out HealthMessage health)
            ? health
            : throw new InvalidDataException("The sensor's health answer is malformed.");
    }

    /// <summary>Says stop and waits for the end. Returns what Run returned.</summary>
    public int Stop()
    {
        Send(_buffer.AsSpan(0, new StopMessage(0).Write(_buffer)));
        return WaitExit();
    }

    /// <summary>Waits until the sensor ends by itself. Returns what Run returned.</summary>
    public int WaitExit() => _thread.Join(Patience) ? Volatile.Read(ref _exit) : throw new TimeoutException("The sensor does not end. " + Errors);

    /// <summary>Sends any message, also a broken one.</summary>
    public void Send(ReadOnlySpan<byte> message, int descriptor = -1) => _host.TrySend(message, descriptor);

    /// <summary>Waits for the next message of one kind. Messages of other kinds are kept for those who ask for them.</summary>
    public byte[] Receive(MessageKind kind)
    {
        while (true)
        {
            for (int i = 0; i < _received.Count; i++)
            {
                if (KindOf(_received[i]) == kind)
                {
                    return TakeAt(i);
                }
            }

            ReceiveOne($"Waiting for {kind}");
        }
    }

    /// <summary>Waits for the next message of any kind.</summary>
    public byte[] Receive()
    {
        if (_received.Count == 0)
        {
            ReceiveOne("Waiting for any message");
        }

        return TakeAt(0);
    }

    /// <summary>Whether a message of this kind has come that nobody has taken. Does not wait.</summary>
    public bool Has(MessageKind kind)
    {
        while (_host.WaitReadable(0) && !_received.Exists(message => KindOf(message) == kind))
        {
            ReceiveOne("Looking");
        }

        return _received.Exists(message => KindOf(message) == kind);
    }

    /// <summary>Hangs up and waits for the sensor's end.</summary>
    public void Dispose()
    {
        _host.Shutdown();
        _thread.Join(Patience);
        _host.Dispose();
        _sensorEnd.Dispose();
        _errors.Dispose();
    }

    private static MessageKind KindOf(byte[] message) => MessageHead.TryRead(message, out MessageKind kind) ? kind : MessageKind.None;

    private byte[] TakeAt(int index)
    {
        byte[] message = _received[index];
        _received.RemoveAt(index);
        return message;
    }

    private void ReceiveOne(string why)
    {
        if (!_host.WaitReadable((int)Patience.TotalMilliseconds))
        {
            throw new TimeoutException($"{why}: nothing came. {Errors}");
        }

        ReceiveOutcome outcome = _host.TryReceive(_buffer, out int length);
        _received.Add(outcome == ReceiveOutcome.Received
            ? _buffer.AsSpan(0, length).ToArray()
            : throw new EndOfStreamException($"{why}: the socket says {outcome}. {Errors}"));
    }
}

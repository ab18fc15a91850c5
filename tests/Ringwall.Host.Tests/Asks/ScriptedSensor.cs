using System.Collections.Concurrent;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver;

namespace Ringwall.Host.Tests.Asks;

/// <summary>What a scripted sensor was asked.</summary>
internal sealed record Seen(ulong Ticket, EventClass Class, string Path, uint Pid, long Deadline, bool HadDescriptor, string Head);

/// <summary>What it says; null says nothing.</summary>
internal sealed record Said(Verdict Verdict, bool Cacheable = false)
{
    public static readonly Said Allow = new(Verdict.Allow);
    public static readonly Said AllowCacheable = new(Verdict.Allow, Cacheable: true);
    public static readonly Said Deny = new(Verdict.Deny);
}

/// <summary>The other end of a real sensor socket, on a thread of the test.</summary>
internal sealed class ScriptedSensor : IDisposable
{
    private readonly SensorSocket _socket;
    private readonly Func<Seen, Said?> _script;
    private readonly ConcurrentQueue<Seen> _seen = new();
    private readonly Thread _thread;

    public ScriptedSensor(string name, AskKinds asks, Func<Seen, Said?> script, DenyBudget? budget = null, int generation = 1)
    {
        (SensorSocket host, _socket) = SensorSocket.CreatePair();
        _script = script;
        Seat = new SensorSeat(name, generation, host, asks, TellKinds.None, wantsDescriptor: true, Environment.ProcessId) { Budget = budget };
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public SensorSeat Seat { get; }

    public IReadOnlyCollection<Seen> Asked => _seen;

    public int CountFor(string path) => _seen.Count(seen => seen.Path == path);

    /// <summary>Waits for room, as a sensor does: what it does not send it has not said.</summary>
    public void Send(ReadOnlySpan<byte> message) => _ = _socket.Send(message);

    public void SendVerdict(ulong ticket, Said said)
    {
        Span<byte> message = stackalloc byte[VerdictMessage.MaxBytes];
        int length = new VerdictMessage { Ticket = ticket, Verdict = said.Verdict, Cacheable = said.Cacheable }.Write(message);
        Send(message[..length]);
    }

    /// <summary>As a sensor that dies: the socket closes.</summary>
    public void Die() => _socket.Shutdown();

    public void Dispose()
    {
        _socket.Shutdown();
        _thread.Join();
        _socket.Dispose();
        Seat.Socket.Dispose();
        Seat.Dispose();
    }

    private void Run()
    {
        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        byte[] head = new byte[32];
        while (_socket.Receive(buffer, out int length, out PassedDescriptor file) == ReceiveOutcome.Received)
        {
            using PassedDescriptor passed = file;
            if (!AskMessage.TryRead(buffer.AsSpan(0, length), out AskMessage ask))
            {
                continue;
            }

            int read = passed.IsOpen ? passed.Read(head, 0) : 0;
            Seen seen = new(
                ask.Ticket, ask.Class, Encoding.UTF8.GetString(ask.Path), ask.Process.Pid, (long)ask.Deadline, passed.IsOpen,
                Encoding.UTF8.GetString(head, 0, read));
            _seen.Enqueue(seen);
            if (_script(seen) is { } said)
            {
                SendVerdict(seen.Ticket, said);
            }
        }
    }
}

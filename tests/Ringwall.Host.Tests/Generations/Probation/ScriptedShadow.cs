using System.Collections.Concurrent;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Supervision;

namespace Ringwall.Host.Tests.Generations.Probation;

/// <summary>What was asked, as a scripted shadow sees it.</summary>
internal sealed record ScriptedAsk(ulong Ticket, EventClass Class, string Path, int PathBytes, int Descriptor);

/// <summary>A generation that says what a test wants, at once, on the thread that asks.</summary>
internal sealed class ScriptedShadow : IShadow
{
    private volatile IShadowListener? _listener;
    private long _asked;
    private long _told;

    public Func<ScriptedAsk, Verdict> Answer { get; set; } = _ => Verdict.Allow;

    /// <summary>Called for each tell event.</summary>
    public Action<ScriptedShadow> Hears { get; set; } = _ => { };

    public ConcurrentQueue<ScriptedAsk> Asked { get; } = [];

    public ConcurrentQueue<Strike> Struck { get; } = [];

    public ShadowState State { get; set; } = ShadowState.AtWork;

    public TimeSpan? StartedIn { get; set; } = TimeSpan.FromMilliseconds(120);

    public AskKinds Asks { get; set; } = AskKinds.Exec | AskKinds.Open;

    public TellKinds Tells { get; set; } = TellKinds.Process | TellKinds.File | TellKinds.Network;

    public IReadOnlyList<Strike> Strikes => [.. Struck];

    public long LiveTells { get; set; }

    public TimeSpan CpuPerEvent { get; set; } = TimeSpan.FromMicroseconds(50);

    public long MemoryBytes { get; set; } = 100 << 20;

    public GenerationUse Use() => new()
    {
        Asked = Interlocked.Read(ref _asked),
        Told = Interlocked.Read(ref _told) + LiveTells,
        CpuTime = CpuPerEvent * (Interlocked.Read(ref _asked) + Interlocked.Read(ref _told) + LiveTells),
        MemoryBytes = MemoryBytes,
    };

    public void Listen(IShadowListener? listener) => _listener = listener;

    public ShadowSend TryAsk(ulong ticket, ReadOnlySpan<byte> message, long deadlineNs, int descriptor)
    {
        if (State != ShadowState.AtWork)
        {
            return ShadowSend.NotTaken;
        }

        Assert.True(AskMessage.TryRead(message, out AskMessage ask));
        Assert.Equal((ticket, deadlineNs), (ask.Ticket, (long)ask.Deadline));
        Assert.True(Shadow.IsTicket(ticket));
        Interlocked.Increment(ref _asked);
        ScriptedAsk asked = new(ticket, ask.Class, Encoding.UTF8.GetString(ask.Path), ask.Path.Length, descriptor);
        Asked.Enqueue(asked);
        _listener?.Ended(ticket, Answer(asked), "scripted"u8, 10_000);
        return ShadowSend.Sent;
    }

    public ShadowSend TryTell(ReadOnlySpan<byte> message, int events)
    {
        Assert.True(TellBatch.TryRead(message, out TellBatch batch));
        foreach (ReadOnlySpan<byte> tell in batch)
        {
            Assert.True(TellReader.TryRead(tell, out _));
            Interlocked.Increment(ref _told);
            Hears(this);
        }

        return State == ShadowState.AtWork ? ShadowSend.Sent : ShadowSend.NotTaken;
    }

    public void Fail(StrikeReason reason)
    {
        Struck.Enqueue(new Strike(reason, "scripted", DateTimeOffset.UnixEpoch, TimeSpan.Zero, 2, ["the last line"]));
        State = ShadowState.Ended;
    }
}

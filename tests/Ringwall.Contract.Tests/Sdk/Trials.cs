namespace Ringwall.Contract.Tests.Sdk;

/// <summary>What the tests of the SDK share.</summary>
internal static class Trials
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public delegate int SpanWrite(Span<byte> into);

    public static TellEvent Started(ulong sequence) => new()
    {
        Kind = TellEventKind.ProcessStart, Source = TellKinds.Process, Sequence = sequence, Time = 1,
        Actor = new ProcessRecord { Pid = 9, Start = 8, Executable = "/bin/true", Arguments = ["true"] },
    };

    public static byte[] Message(SpanWrite write)
    {
        byte[] into = new byte[512];
        return into[..write(into)];
    }

    public static MessageKind Kind(byte[] message) => MessageHead.TryRead(message, out MessageKind kind) ? kind : MessageKind.None;

    /// <summary>Waits for a condition.</summary>
    public static void Until(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "it did not become so in time");
            Thread.Yield();
        }
    }
}

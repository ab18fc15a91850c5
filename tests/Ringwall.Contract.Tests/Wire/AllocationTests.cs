using Microsoft.Win32.SafeHandles;

namespace Ringwall.Contract.Tests.Wire;

public sealed class AllocationTests
{
    private readonly byte[] _buffer = new byte[Protocol.MaxMessageBytes];
    private readonly byte[] _event = Golden.Event(TellEventKind.ProcessStart);
    private ulong _sum;

    [Fact]
    public void Writing_and_reading_an_ask_allocates_nothing() => NothingIsAllocated(() =>
    {
        AskMessage ask = new() { Ticket = 7, Class = EventClass.Exec, Deadline = 9, Path = "/bin/true"u8, Process = new ProcessView { Pid = 1, Executable = "/bin/sh"u8 } };
        int length = ask.Write(_buffer);
        Assert.True(AskMessage.TryRead(_buffer.AsSpan(0, length), out AskMessage read));
        _sum += read.Ticket + (uint)read.Process.Executable.Length;
    });

    [Fact]
    public void Writing_and_reading_a_verdict_allocates_nothing() => NothingIsAllocated(() =>
    {
        VerdictMessage verdict = new() { Ticket = 7, Verdict = Verdict.Deny, Cacheable = true, Reason = "because"u8 };
        int length = verdict.Write(_buffer);
        Assert.True(VerdictMessage.TryRead(_buffer.AsSpan(0, length), out VerdictMessage read));
        _sum += read.Ticket;
    });

    [Fact]
    public void Refusing_a_verdict_allocates_nothing() => NothingIsAllocated(() =>
    {
        int length = new VerdictMessage { Ticket = 7, Verdict = Verdict.Deny }.Write(_buffer);
        Assert.False(VerdictMessage.TryRead(_buffer.AsSpan(0, length - 1), out _));
    });

    [Fact]
    public void Writing_packing_and_reading_tells_allocates_nothing() => NothingIsAllocated(() =>
    {
        Span<byte> encoded = stackalloc byte[512];
        TellWriter writer = new(encoded, TellEventKind.ProcessStart, TellKinds.Process, 1, 2);
        Span<byte> own = stackalloc byte[4];        // the caller's stack may be written from
        own.Fill((byte)'x');
        writer.BeginActor(new ProcessView { Pid = 1, Executable = own });
        writer.Argument(own);
        writer.Ancestor(new ProcessView { Pid = 2, Executable = own });
        writer.EndActor();
        TellBatchWriter batch = new(_buffer);
        Assert.True(batch.TryAdd(encoded[..writer.Finish()]));
        Assert.True(batch.TryAdd(_event));
        Assert.True(TellBatch.TryRead(_buffer.AsSpan(0, batch.Finish()), out TellBatch read));
        foreach (ReadOnlySpan<byte> one in read)
        {
            Assert.True(TellReader.TryRead(one, out TellReader tell));
            foreach (ReadOnlySpan<byte> argument in tell.Actor.Arguments)
            {
                _sum += (uint)argument.Length;
            }

            foreach (ProcessView ancestor in tell.Actor.Ancestors)
            {
                _sum += ancestor.Pid;
            }
        }
    });

    [Fact]
    public void Sending_and_receiving_with_a_descriptor_allocates_nothing()
    {
        (SensorSocket host, SensorSocket sensor) = SensorSocket.CreatePair();
        using (host)
        using (sensor)
        using (SafeFileHandle file = File.OpenHandle(typeof(AllocationTests).Assembly.Location))
        {
            int descriptor = (int)file.DangerousGetHandle();
            NothingIsAllocated(() =>
            {
                Span<byte> head = stackalloc byte[2];
                Outcome(host.TrySend(_event, descriptor) == SendOutcome.Sent);
                Outcome(sensor.Receive(_buffer, out int length, out PassedDescriptor passed) == ReceiveOutcome.Received && length == _event.Length);
                Outcome(passed.Read(head, 0) == 2);
                passed.Dispose();
                Outcome(sensor.Send(_event) == SendOutcome.Sent);
                Outcome(host.TryReceive(_buffer, out length) == ReceiveOutcome.Received);
                Outcome(host.TryReceive(_buffer, out length) == ReceiveOutcome.Nothing);
            });
        }
    }

    [Fact]
    public void An_allocation_would_be_noticed() =>
        Assert.ThrowsAny<Exception>(() => NothingIsAllocated(() => _sum += (ulong)new byte[24].Length));

    private static void Outcome(bool expected)
    {
        if (!expected)
        {
            throw new InvalidOperationException("Not what was expected.");
        }
    }

    private static void NothingIsAllocated(Action body)
    {
        for (int i = 0; i < 100; i++)
        {
            body();
        }

        // The runtime may use this thread once for work of its own, such as replacing code by faster code; what allocates does so in every attempt.
        long spent = long.MaxValue;
        for (int attempt = 0; attempt < 5 && spent != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                body();
            }

            spent = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, spent);
    }
}

using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Deliver.Tells;
using static Ringwall.Host.Tests.Tells.TestMachine;

namespace Ringwall.Host.Tests.Tells;

/// <summary>Over real sockets.</summary>
public sealed class TellDeliveryTests
{
    [Fact]
    public void Each_sensor_is_told_what_it_asked_for_in_order()
    {
        TellHub hub = new();
        using Sensor processes = new("processes", TellKinds.Process);
        using Sensor all = new("all", TellKinds.Process | TellKinds.File);
        using Sensor asksOnly = new("asks only", TellKinds.None);
        using TellDelivery delivery = Start(hub);
        delivery.Seat(processes.Seat);
        delivery.Seat(all.Seat);
        delivery.Seat(asksOnly.Seat);
        for (int i = 0; i < 5_000; i++)
        {
            TellKinds source = i % 3 == 0 ? TellKinds.File : TellKinds.Process;
            hub.Publish(source, TellHubTests.Event(source, hub.NextSequence(source), i % 200));
        }

        Until(() => all.Read() == 5_000, () => $"all: {all.Events.Count}");
        Until(() => processes.Read() == 3_333, () => $"processes: {processes.Events.Count}");
        Assert.Equal(0, asksOnly.Read());
        foreach (TellKinds source in (TellKinds[])[TellKinds.Process, TellKinds.File])
        {
            List<ulong> numbers = [.. all.Events.Where(e => e.Source == source).Select(e => e.Sequence)];
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(i => (ulong)i), numbers);
        }
    }

    [Fact]
    public void A_sensor_that_restarts_again_and_again_uses_the_same_ring()
    {
        const int Restarts = 50;
        (TellHub pooled, long grown) = Restart(atATime: 1);
        Assert.Equal(1, pooled.Rings.Made);

        // The ring itself, and no more than a ring's size for everything else together.
        Assert.True(grown < 8 << 20, $"{Restarts} restarts took {grown >> 20} MiB");

        // The control: 50 sensors at the same time need 50 rings, and when they are gone few of them are kept.
        (TellHub many, long needed) = Restart(atATime: Restarts);
        Assert.Equal(Restarts, many.Rings.Made);
        Assert.True(needed > Restarts * (4L << 20), $"{needed >> 20} MiB: that was not counted which this test counts");
        TellSubscription[] again = [.. Enumerable.Range(0, Restarts).Select(_ => many.Subscribe("again", TellKinds.File, 4 << 20))];
        Assert.Equal((2 * Restarts) - TellRings.MostIdle, many.Rings.Made);
        Array.ForEach(again, subscription => subscription.Dispose());

        static (TellHub Hub, long Allocated) Restart(int atATime)
        {
            TellHub hub = new();
            using TellDelivery delivery = Start(hub);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int done = 0; done < Restarts; done += atATime)
            {
                List<Sensor> sensors = [.. Enumerable.Range(0, atATime).Select(_ => new Sensor("restarts", TellKinds.File))];
                sensors.ForEach(sensor => delivery.Seat(sensor.Seat));
                hub.Publish(TellKinds.File, TellHubTests.Event(TellKinds.File, hub.NextSequence(TellKinds.File), 100));
                sensors.ForEach(sensor => delivery.Unseat(sensor.Seat));
                sensors.ForEach(sensor => sensor.Dispose());
            }

            return (hub, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void A_ring_that_is_used_again_has_nothing_of_the_one_before()
    {
        TellHub hub = new();
        TellSubscription former = hub.Subscribe("former", TellKinds.File, 1 << 16);
        hub.Publish(TellKinds.File, TellHubTests.Event(TellKinds.File, hub.NextSequence(TellKinds.File), 100));
        Assert.True(former.HasSomething(out _, out int waits) && waits > 0);
        former.Dispose();
        TellSubscription next = hub.Subscribe("next", TellKinds.File, 1 << 16);
        Assert.Equal(1, hub.Rings.Made);
        Assert.False(next.HasSomething(out _, out _));

        // Whoever still holds the former reads nothing of the next one's.
        hub.Publish(TellKinds.File, TellHubTests.Event(TellKinds.File, hub.NextSequence(TellKinds.File), 100));
        byte[] message = new byte[Protocol.MaxMessageBytes];
        Assert.False(former.TryTake(message, out _));
        Assert.False(former.HasSomething(out _, out _));
        former.Dispose();
        Assert.True(next.TryTake(message, out _));
        Assert.Equal(new SourceCounts(1, 1, 0), next.Counts(TellKinds.File));
        Assert.Equal(new SourceCounts(1, 0, 1), former.Counts(TellKinds.File));
    }

    [Fact]
    public void A_sensor_that_does_not_read_costs_nobody_else_anything_and_its_loss_is_exact()
    {
        TellHub hub = new();
        using Sensor good = new("good", TellKinds.File);
        using Sensor stalled = new("stalled", TellKinds.File);
        using TellDelivery delivery = Start(hub);
        delivery.Seat(good.Seat);
        delivery.Seat(stalled.Seat);
        const int Events = 60_000;
        byte[] padded = TellHubTests.Event(TellKinds.File, 1, 400);
        bool all = false;
        Thread reader = new(() =>
        {
            while (!Volatile.Read(ref all) || good.Read() < Events)
            {
                good.Read();
                Thread.Yield();
            }
        })
        {
            IsBackground = true,
        };
        reader.Start();
        for (int i = 0; i < Events; i++)
        {
            hub.Publish(TellKinds.File, padded);

            // As fast as the good one reads, so that it has no reason to lose anything.
            Until(() => delivery.Counts(good.Seat, TellKinds.File).Waiting < 2_000, () => "the good one does not read");
        }

        Volatile.Write(ref all, true);
        Assert.True(reader.Join(Patience), $"the good one got {good.Events.Count}");
        Assert.Equal(new SourceCounts(Events, Events, 0), delivery.Counts(good.Seat, TellKinds.File));
        SourceCounts before = delivery.Counts(stalled.Seat, TellKinds.File);
        Assert.True(before.Lost > 1_000, $"{before}: nothing was lost, so this run proved nothing");

        // It wakes up, reads all that is there, and can say exactly how many it lost.
        Until(
            () =>
            {
                stalled.Read();
                return stalled.Told == Events;
            },
            () => $"read {stalled.Events.Count}, told {stalled.Told}");
        Assert.Equal(before.Lost, stalled.Events.Sum(e => (long)e.Lost));
        SourceCounts after = delivery.Counts(stalled.Seat, TellKinds.File);
        Assert.Equal(Events, after.Delivered + after.Lost);
    }

    [Fact]
    public void Events_leave_half_of_the_socket_to_asks()
    {
        TellHub hub = new();
        using Sensor stalled = new("stalled", TellKinds.File);
        using TellDelivery delivery = Start(hub);
        delivery.Seat(stalled.Seat);
        byte[] padded = TellHubTests.Event(TellKinds.File, 1, 1_000);
        for (int i = 0; i < 10_000; i++)
        {
            hub.Publish(TellKinds.File, padded);
        }

        Until(() => delivery.Counts(stalled.Seat, TellKinds.File) is { Lost: > 0, Delivered: > 0 }, () => "the socket never filled");
        byte[] ask = new byte[64 * 1024];
        Assert.Equal(SendOutcome.Sent, stalled.Seat.Socket.TrySend(ask));
    }

    [Fact]
    public void A_sensor_that_left_is_told_nothing_more_and_its_seat_can_be_taken_again()
    {
        TellHub hub = new();
        using Sensor second = new("sensor", TellKinds.File);
        using TellDelivery delivery = Start(hub);
        Sensor first = new("sensor", TellKinds.File);
        delivery.Seat(first.Seat);
        first.CloseItsEnd();
        hub.Publish(TellKinds.File, TellHubTests.Event(TellKinds.File, 1, 10));
        delivery.Unseat(first.Seat);
        delivery.Unseat(first.Seat);
        first.Dispose();
        Assert.Empty(hub.Subscriptions);

        delivery.Seat(second.Seat);
        hub.Publish(TellKinds.File, TellHubTests.Event(TellKinds.File, 2, 10));
        Until(() => second.Read() == 1, () => "the second was told nothing");
        Assert.Equal(2UL, second.Events[0].Sequence);
    }

    [Fact]
    public void The_longest_event_gets_through()
    {
        TellHub hub = new();
        using Sensor sensor = new("sensor", TellKinds.Process);
        using TellDelivery delivery = Start(hub);
        delivery.Seat(sensor.Seat);
        byte[] longest = new byte[Protocol.MaxEventBytes];
        TellWriter writer = new(longest, TellEventKind.ProcessStart, TellKinds.Process, 1, 1);
        writer.BeginActor(new ProcessView { Pid = 1, Start = 1 });
        while (writer.Argument(new byte[1_000]))
        {
        }

        writer.EndActor();
        int length = writer.Finish();
        for (int i = 0; i < 50; i++)
        {
            hub.Publish(TellKinds.Process, longest.AsSpan(0, length));
        }

        Until(() => sensor.Read() == 50, () => $"{sensor.Events.Count} of 50");
    }

    // Declared after the sensors, so that it has ended before their sockets are closed.
    private static TellDelivery Start(TellHub hub)
    {
        TellDelivery delivery = new(hub);
        delivery.Start();
        return delivery;
    }

    private sealed class Sensor : IDisposable
    {
        private readonly SensorSocket _own;
        private byte[]? _buffer;

        public Sensor(string name, TellKinds kinds)
        {
            (SensorSocket host, _own) = SensorSocket.CreatePair();
            Seat = new SensorSeat(name, 1, host, AskKinds.None, kinds, wantsDescriptor: false, pid: 1);
        }

        public SensorSeat Seat { get; }

        public List<TellEvent> Events { get; } = [];

        /// <summary>Events that it got or knows to be lost.</summary>
        public long Told => Events.Sum(e => e.Kind == TellEventKind.Loss ? (long)e.Lost : 1);

        public int Read()
        {
            byte[] buffer = _buffer ??= new byte[Protocol.MaxMessageBytes];
            while (_own.TryReceive(buffer, out int length) == ReceiveOutcome.Received)
            {
                Events.AddRange(TellHubTests.Read(buffer.AsSpan(0, length)));
            }

            return Events.Count;
        }

        public void CloseItsEnd() => _own.Dispose();

        public void Dispose()
        {
            _own.Dispose();
            Seat.Socket.Dispose();
            Seat.Dispose();
        }
    }
}

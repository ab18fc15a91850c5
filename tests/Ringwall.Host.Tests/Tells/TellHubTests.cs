using Ringwall.Contract;
using Ringwall.Host.Deliver.Tells;

namespace Ringwall.Host.Tests.Tells;

public sealed class TellHubTests
{
    private static readonly TellKinds[] All = [TellKinds.Process, TellKinds.File, TellKinds.Network];

    // Property: whoever reads however slowly, what was published is delivered, waiting or counted as lost, and each gap is told in its place.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Each_subscriber_gets_every_event_or_is_told_how_many_it_lost(int seed)
    {
        Random random = new(seed);
        TellHub hub = new();
        List<Reader> readers =
        [
            new(hub, "all, large", TellKinds.Process | TellKinds.File | TellKinds.Network, 1 << 20),
            new(hub, "all, small", TellKinds.Process | TellKinds.File | TellKinds.Network, 1 << 12),
            new(hub, "files, small", TellKinds.File, 1 << 13),
            new(hub, "never reads", TellKinds.Process, 1 << 12),
        ];
        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        int refusals = 0;

        for (int i = 0; i < 20_000; i++)
        {
            TellKinds source = All[random.Next(3)];
            if (random.Next(400) == 0)
            {
                ulong count = (ulong)random.Next(1, 50);
                hub.PublishLoss(source, count, random.Next(2) == 0);
                readers.ForEach(r => r.ExpectKernelLoss(source, count));
            }

            hub.Publish(source, Event(source, hub.NextSequence(source), random.Next(random.Next(2) == 0 ? 60 : 900)));
            foreach (Reader reader in readers)
            {
                if (reader.Name != "never reads" && random.Next(reader.Name == "all, large" ? 20 : 60) == 0)
                {
                    // Sometimes the message cannot be sent, and is packed again later.
                    bool sent = random.Next(4) != 0;
                    refusals += sent ? 0 : 1;
                    reader.Read(buffer.AsSpan(0, random.Next(2) == 0 ? buffer.Length : random.Next(1_200, 5_000)), sent);
                }
            }
        }

        Reader never = readers[^1];
        Assert.True(never.Lost > 1_000, "nothing was ever lost, so this run proved nothing");
        foreach (Reader reader in readers)
        {
            while (reader.Read(buffer, sent: true))
            {
            }

            reader.Check(published: s => hub.Figures(s).Events);
        }

        Assert.True(readers[1].Lost > 0 && readers[1].LossEvents > 1 && readers[0].Lost == 0 && refusals > 0);
    }

    [Fact]
    public void What_was_lost_last_is_told_without_another_event()
    {
        TellHub hub = new();
        TellSubscription subscription = hub.Subscribe("small", TellKinds.File, 4096);
        for (int i = 0; i < 100; i++)
        {
            hub.Publish(TellKinds.File, Event(TellKinds.File, hub.NextSequence(TellKinds.File), 100));
        }

        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        Assert.True(subscription.TryTake(buffer, out int length));
        List<TellEvent> events = Read(buffer.AsSpan(0, length));
        Assert.Equal(TellEventKind.Loss, events[^1].Kind);
        Assert.Equal(100, events.Count - 1 + (int)events[^1].Lost);
        Assert.True(events[^1].LossIsExact);
        Assert.Equal(LossPlace.Host, events[^1].LossPlace);
        Assert.False(subscription.TryTake(buffer, out _));
    }

    [Fact]
    public void Nobody_is_told_what_he_did_not_ask_for()
    {
        TellHub hub = new();
        Assert.Equal(TellKinds.None, hub.Wanted);
        TellSubscription subscription = hub.Subscribe("files", TellKinds.File, 4096);
        Assert.Equal(TellKinds.File, hub.Wanted);
        hub.Publish(TellKinds.Process, Event(TellKinds.Process, 1, 10));
        hub.PublishLoss(TellKinds.Network, 5, exact: true);

        Assert.False(subscription.HasSomething(out _, out _));
        subscription.Dispose();
        Assert.Equal(TellKinds.None, hub.Wanted);
        Assert.Empty(hub.Subscriptions);
    }

    [Fact]
    public void What_waits_for_somebody_who_goes_away_counts_as_lost()
    {
        TellHub hub = new();
        TellSubscription subscription = hub.Subscribe("leaving", TellKinds.File, 4096);
        hub.Publish(TellKinds.File, Event(TellKinds.File, 1, 10));
        Assert.Equal(new SourceCounts(1, 0, 0), subscription.Counts(TellKinds.File));
        subscription.Dispose();

        Assert.Equal(new SourceCounts(1, 0, 1), subscription.Counts(TellKinds.File));
        hub.Publish(TellKinds.File, Event(TellKinds.File, 2, 10));
        Assert.Equal(1, subscription.Counts(TellKinds.File).Published);
    }

    [Fact]
    public void Readiness_is_told_when_the_first_event_comes_and_when_much_has_gathered()
    {
        TellHub hub = new();
        int told = 0;
        TellSubscription subscription = hub.Subscribe(
            "ready", TellKinds.File, new SubscriptionShape { CapacityBytes = 1 << 16, MuchBytes = 1_000, Ready = () => told++ });
        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        for (int i = 0; i < 100; i++)
        {
            hub.Publish(TellKinds.File, Event(TellKinds.File, hub.NextSequence(TellKinds.File), 10));
        }

        Assert.Equal(2, told);
        Assert.True(subscription.TryTake(buffer, out _));
        hub.Publish(TellKinds.File, Event(TellKinds.File, hub.NextSequence(TellKinds.File), 10));
        Assert.Equal(3, told);
    }

    [Fact]
    public void Publishing_and_packing_allocate_nothing()
    {
        TellHub hub = new();
        TellSubscription subscription = hub.Subscribe("quiet", TellKinds.File, 1 << 16);
        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        byte[] encoded = Event(TellKinds.File, 1, 100);
        Turn();

        // The runtime may use this thread once for work of its own; what allocates does so in every attempt.
        long spent = long.MaxValue;
        for (int attempt = 0; attempt < 5 && spent != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 500; i++)
            {
                Turn();
            }

            spent = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, spent);
        Assert.True(subscription.Counts(TellKinds.File).Lost > 0, "the path that counts losses was not measured");

        void Turn()
        {
            for (int i = 0; i < 600; i++)
            {
                hub.Publish(TellKinds.File, encoded);
            }

            hub.PublishLoss(TellKinds.File, 3, exact: true);
            while (subscription.TryTake(buffer, out _))
            {
            }
        }
    }

    [Fact]
    public void Several_publishers_and_a_reader_at_once_lose_no_count()
    {
        TellHub hub = new();
        using TellSubscription subscription = hub.Subscribe("busy", TellKinds.Process | TellKinds.File, 1 << 14);
        Thread[] publishers =
        [
            .. new[] { TellKinds.Process, TellKinds.File }.Select(source => new Thread(() =>
            {
                for (int i = 0; i < 50_000; i++)
                {
                    hub.Publish(source, Event(source, hub.NextSequence(source), 50));
                }
            })),
        ];
        foreach (Thread publisher in publishers)
        {
            publisher.Start();
        }

        Dictionary<TellKinds, long> seen = new() { [TellKinds.Process] = 0, [TellKinds.File] = 0 };
        byte[] buffer = new byte[Protocol.MaxMessageBytes];
        bool alive = true;
        while (alive)
        {
            alive = publishers.Any(p => p.IsAlive);
            while (subscription.TryTake(buffer, out int length))
            {
                foreach (TellEvent told in Read(buffer.AsSpan(0, length)))
                {
                    seen[told.Source] += told.Kind == TellEventKind.Loss ? (long)told.Lost : 1;
                }
            }
        }

        Assert.Equal(50_000, seen[TellKinds.Process]);
        Assert.Equal(50_000, seen[TellKinds.File]);
    }

    internal static byte[] Event(TellKinds source, ulong sequence, int pad)
    {
        byte[] buffer = new byte[pad + 256];
        TellWriter writer = new(buffer, TellEventKind.FileWritten, source, sequence, time: 1);
        byte[] path = new byte[pad + 1];
        path.AsSpan().Fill((byte)'/');
        writer.Path(path);
        return buffer[..writer.Finish()];
    }

    internal static List<TellEvent> Read(ReadOnlySpan<byte> message)
    {
        Assert.True(TellBatch.TryRead(message, out TellBatch batch));
        List<TellEvent> events = [];
        foreach (ReadOnlySpan<byte> encoded in batch)
        {
            Assert.True(TellReader.TryRead(encoded, out TellReader tell));
            events.Add(tell.ToEvent());
        }

        return events;
    }

    /// <summary>Reads one subscription, and re-checks with slow obvious bookkeeping that no event is missing without having been told so.</summary>
    private sealed class Reader(TellHub hub, string name, TellKinds kinds, int capacity)
    {
        private readonly TellSubscription _subscription = hub.Subscribe(name, kinds, capacity);
        private readonly Dictionary<TellKinds, ulong> _accounted = All.ToDictionary(s => s, _ => 0UL);
        private readonly Dictionary<TellKinds, ulong> _kernelLoss = All.ToDictionary(s => s, _ => 0UL);
        private readonly Dictionary<TellKinds, ulong> _kernelLossTold = All.ToDictionary(s => s, _ => 0UL);

        public string Name => name;

        public long Lost => All.Sum(s => _subscription.Counts(s).Lost);

        public int LossEvents { get; private set; }

        public void ExpectKernelLoss(TellKinds source, ulong count) => _kernelLoss[source] += (kinds & source) != 0 ? count : 0;

        public bool Read(Span<byte> buffer, bool sent)
        {
            Packed packed = _subscription.Pack(buffer, out int length);
            if (length == 0)
            {
                return false;
            }

            if (sent)
            {
                _subscription.Take(packed);
                Account(buffer[..length]);
            }

            foreach (TellKinds source in All)
            {
                SourceCounts counts = _subscription.Counts(source);
                Assert.True(counts.Waiting >= 0, $"{name}: {counts}");
            }

            return true;
        }

        public void Check(Func<TellKinds, long> published)
        {
            foreach (TellKinds source in All)
            {
                SourceCounts counts = _subscription.Counts(source);
                long wanted = (kinds & source) != 0 ? published(source) : 0;
                Assert.Equal(wanted, counts.Published);
                Assert.Equal(0, counts.Waiting);
                Assert.Equal(_kernelLoss[source], _kernelLossTold[source]);

                // Numbers count what was lost in the kernel too, so the last number is all that ever happened.
                Assert.Equal((ulong)wanted + _kernelLoss[source], _accounted[source]);
            }
        }

        private void Account(ReadOnlySpan<byte> message)
        {
            foreach (TellEvent told in TellHubTests.Read(message))
            {
                Assert.NotEqual(TellKinds.None, kinds & told.Source);
                if (told.Kind == TellEventKind.Loss)
                {
                    LossEvents++;
                    _accounted[told.Source] += told.Lost;
                    _kernelLossTold[told.Source] += told.LossPlace == LossPlace.Kernel ? told.Lost : 0;
                    continue;
                }

                // Every number below this one was delivered or told as lost before.
                _accounted[told.Source]++;
                Assert.Equal(told.Sequence, _accounted[told.Source]);
            }
        }
    }
}

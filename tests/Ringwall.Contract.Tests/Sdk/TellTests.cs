using Ringwall.Sdk.Testing;
using Ringwall.Sdk;
using static Ringwall.Contract.Tests.Sdk.Trials;

namespace Ringwall.Contract.Tests.Sdk;

/// <summary>How tells are handed out: in order, never holding up asks, with every loss counted.</summary>
public sealed class TellTests : IDisposable
{
    private readonly string _good = Path.GetTempFileName();

    public TellTests()
    {
        File.WriteAllText(_good, "nothing special");
    }

    public void Dispose()
    {
        File.Delete(_good);
    }

    [Fact]
    public void An_exception_from_OnTell_ends_the_sensor_with_1()
    {
        using SensorTrial trial = SensorTrial.Start(new Scripted { Tell = _ => throw new InvalidTimeZoneException("broken rule") });
        trial.Tell(Started(1));
        Assert.Equal(1, trial.WaitExit());
        Assert.Contains("OnTell threw", trial.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_is_delivered_in_order_or_counted_and_the_loss_told_where_it_happened()
    {
        const int Batches = 150;
        const int InABatch = 50;
        using ManualResetEventSlim gate = new();
        List<ulong> delivered = [];
        List<(ulong After, ulong Lost)> losses = [];
        Scripted sensor = new()
        {
            Tell = tell =>
            {
                Assert.True(gate.Wait(Patience));
                if (tell.Kind == TellEventKind.Loss)
                {
                    Assert.Equal((LossPlace.Sensor, true, TellKinds.Process, 0UL), (tell.LossPlace, tell.LossIsExact, tell.Source, tell.Sequence));
                    losses.Add((delivered.Count == 0 ? 0 : delivered[^1], tell.Lost));
                }
                else
                {
                    delivered.Add(tell.Sequence);
                }
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { TellQueueBytes = 128 * 1024, StuckAfter = Long, StopGrace = Long });
        ulong sequence = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            trial.Tell([.. Enumerable.Range(0, InABatch).Select(_ => Started(++sequence))]);

            // The reading thread is never held up: it answers although nothing is taken from the queue (and so nothing is dropped before it).
            HealthMessage busy = trial.AskHealth();
            Assert.True(busy.QueueLength > 0);
            if (batch == Batches / 2)
            {
                gate.Set();
                Until(() => trial.AskHealth().QueueLength == 0);
                gate.Reset();
            }
        }

        gate.Set();
        Until(() => trial.AskHealth().QueueLength == 0);
        HealthMessage health = trial.AskHealth();
        Assert.Equal(0, trial.Stop());
        ulong lost = losses.Aggregate(0UL, (sum, loss) => sum + loss.Lost);
        Assert.True(lost > 0 && losses.Count >= 2, "nothing was lost, so this run proved nothing");
        Assert.Equal(sequence, (ulong)delivered.Count + lost);
        Assert.Equal(lost, health.TellsLost);

        // Each gap in the numbers is exactly the loss that was told there.
        ulong before = 0;
        foreach (ulong number in delivered.Append(sequence + 1))
        {
            ulong told = losses.Where(loss => loss.After == before).Aggregate(0UL, (sum, loss) => sum + loss.Lost);
            Assert.Equal(number - before - 1, told);
            before = number;
        }
    }

    [Fact]
    public void Loss_that_the_host_told_is_not_lost_when_the_queue_is_full()
    {
        using ManualResetEventSlim gate = new();
        ulong lost = 0;
        bool exact = true;
        Scripted sensor = new()
        {
            Tell = tell =>
            {
                Assert.True(gate.Wait(Patience));
                if (tell.Kind == TellEventKind.Loss)
                {
                    lost += tell.Lost;
                    exact &= tell.LossIsExact;
                }
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { TellQueueBytes = 64 * 1024, StuckAfter = Long, StopGrace = Long });
        ulong sent = 0;
        while (trial.AskHealth().TellsLost == 0)
        {
            trial.Tell([.. Enumerable.Range(0, 50).Select(_ => Started(++sent))]);
        }

        trial.Tell(new TellEvent { Kind = TellEventKind.Loss, Source = TellKinds.Process, Time = 1, Lost = 1000, LossIsExact = false, LossPlace = LossPlace.Kernel });
        ulong ours = trial.AskHealth().TellsLost;
        gate.Set();
        Assert.Equal(0, trial.Stop());
        Assert.Equal(1000 + ours, lost);
        Assert.False(exact);
    }

    [Fact]
    public void A_finding_carries_the_event_that_caused_it()
    {
        Scripted sensor = null!;
        sensor = new Scripted { Tell = tell => sensor.Send(new Finding("r", "t", Severity.Medium).About(tell)) };
        using SensorTrial trial = SensorTrial.Start(sensor);
        trial.Tell(new TellEvent
        {
            Kind = TellEventKind.FileRenamed, Source = TellKinds.File, Sequence = 41, Time = 42, Path = "/a", NewPath = "/b", Actor = new ProcessRecord { Pid = 5, Executable = "/bin/mv" },
        });
        FindingMessage finding = trial.WaitFinding();
        Assert.Equal((TellKinds.File, 41UL, 42UL, 5U, 0UL), (finding.EventSource, finding.EventSequence, finding.EventTime, finding.Actor!.Pid, finding.Ticket));
        Assert.Equal("/b"u8, finding.Path.Span);
    }

    [Fact]
    public void Messages_and_events_of_kinds_that_nobody_knows_are_skipped()
    {
        List<TellEventKind> told = [];
        using SensorTrial trial = SensorTrial.Start(new Scripted { Tell = tell => told.Add(tell.Kind) });
        trial.Send([0xE7, 0x03, 0, 0, 8, 0, 0, 0]);
        trial.Tell(Started(1) with { Kind = (TellEventKind)500 }, Started(2));
        Assert.Equal(Verdict.Allow, trial.Judge(EventClass.Open, _good).Verdict);
        Assert.Equal(0, trial.Stop());
        Assert.Equal([TellEventKind.ProcessStart], told);
        Assert.Equal("", trial.Errors);
    }
}

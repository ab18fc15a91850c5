using Ringwall.Host.Supervision;

namespace Ringwall.Host.Tests.Supervision;

public sealed class HealthWatchTests
{
    private static readonly HealthLimits Limits = new()
    {
        Window = TimeSpan.FromSeconds(30),
        MissedLeast = 20,
        MissedShare = 0.1,
        MissedFew = 5,
        MissedNearlyAll = 0.9,
        LostLeast = 1000,
        LostShare = 0.1,
        MalformedMost = 100,
        NotExpectedMost = 1000,
        DroppedMost = 1000,
        CpuShare = 0.95,
        CpuWindow = TimeSpan.FromMinutes(5),
    };

    [Fact]
    public void A_sensor_that_behaves_is_never_complained_about()
    {
        HealthWatch watch = new(Limits, processors: 1);
        for (int second = 1; second <= 3600; second++)
        {
            Assert.Empty(watch.Look(new HealthReading
            {
                At = TimeSpan.FromSeconds(second),
                Asked = second * 1000,
                Missed = second * 2,
                Told = second * 10_000,
                Lost = second * 10,
                CpuTime = TimeSpan.FromSeconds(second * 0.9),
            }));
        }
    }

    [Theory]
    [InlineData(19, 100, false)]
    [InlineData(20, 100, true)]
    [InlineData(20, 201, false)]
    [InlineData(20, 200, true)]
    [InlineData(4, 4, false)]
    [InlineData(5, 5, true)]
    [InlineData(9, 10, true)]
    [InlineData(9, 11, false)]
    public void Missed_deadlines_count_when_they_are_many_and_a_share_of_all(long missed, long asked, bool strike)
    {
        HealthWatch watch = new(Limits, processors: 1);
        Assert.Empty(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(29), Asked = asked, Missed = missed }));
        IReadOnlyList<Complaint> complaints = watch.Look(new HealthReading { At = TimeSpan.FromSeconds(30), Asked = asked, Missed = missed });
        Assert.Equal(strike ? [StrikeReason.MissedDeadlines] : [], complaints.Select(c => c.Reason));
        Assert.DoesNotContain(complaints, c => c.EndsLife);

        // The next window begins at what this one ended with.
        Assert.Empty(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(60), Asked = asked, Missed = missed }));
    }

    [Theory]
    [InlineData(999, 0, false)]
    [InlineData(1000, 9000, true)]
    [InlineData(1000, 9001, false)]
    public void Lost_events_count_when_they_are_many_and_a_share_of_all(long lost, long told, bool strike)
    {
        HealthWatch watch = new(Limits, processors: 1);
        IReadOnlyList<Complaint> complaints = watch.Look(new HealthReading { At = TimeSpan.FromSeconds(30), Told = told, Lost = lost });
        Assert.Equal(strike ? [StrikeReason.Lag] : [], complaints.Select(c => c.Reason));
    }

    [Fact]
    public void Findings_without_end_are_one_strike_a_minute_as_soon_as_there_are_too_many()
    {
        HealthWatch watch = new(Limits, processors: 1, findingsPerMinute: 100);
        Assert.Equal([], Look(1, 100));
        Complaint storm = Assert.Single(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(2), Findings = 101 }));
        Assert.Equal((StrikeReason.Flood, false), (storm.Reason, storm.EndsLife));
        Assert.Equal([], Look(59, 100_000));
        Assert.Equal([], Look(60, 100_000));
        Assert.Equal([], Look(61, 100_100));
        Assert.Equal([StrikeReason.Flood], Look(62, 100_101));
        Assert.Equal([], Look(125, 100_102));
        Assert.Equal([], Look(180, 100_202));

        StrikeReason[] Look(int second, long findings) => [.. watch.Look(new HealthReading { At = TimeSpan.FromSeconds(second), Findings = findings }).Select(c => c.Reason)];
    }

    [Fact]
    public void Nonsense_is_one_strike_in_a_window_and_the_end_when_it_does_not_stop()
    {
        HealthWatch watch = new(Limits, processors: 1);
        Assert.Equal([false], Look(1, 1));
        Assert.Equal([], Look(2, 50));
        Assert.Equal([true], Look(3, 101));

        bool[] Look(int second, long malformed) =>
            [.. watch.Look(new HealthReading { At = TimeSpan.FromSeconds(second), Malformed = malformed }).Select(c => c.EndsLife)];
    }

    [Fact]
    public void Invented_verdicts_are_a_flood()
    {
        HealthWatch watch = new(Limits, processors: 1);
        Assert.Empty(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(1), Asked = 100_000, NotExpected = 1000 }));
        Complaint flood = Assert.Single(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(2), Asked = 100_000, NotExpected = 1001 }));
        Assert.Equal((StrikeReason.Flood, true), (flood.Reason, flood.EndsLife));
    }

    [Fact]
    public void What_finds_no_room_in_the_inbox_is_a_flood()
    {
        HealthWatch watch = new(Limits, processors: 1);
        Assert.Empty(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(1), Dropped = 1000 }));
        Assert.Equal(StrikeReason.Flood, Assert.Single(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(2), Dropped = 1001 })).Reason);
    }

    [Fact]
    public void Much_output_is_a_strike_when_it_does_not_stop()
    {
        HealthWatch watch = new(Limits, processors: 1);
        Assert.Empty(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(30), Output = Limits.OutputMost }));
        Complaint flood = Assert.Single(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(60), Output = (2 * Limits.OutputMost) + 1 }));
        Assert.Equal((StrikeReason.Flood, false), (flood.Reason, flood.EndsLife));
    }

    [Fact]
    public void Each_kill_for_want_of_memory_is_told_once()
    {
        HealthWatch watch = new(Limits, processors: 1);
        Assert.Equal(StrikeReason.Memory, Assert.Single(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(1), MemoryKills = 1 })).Reason);
        Assert.Empty(watch.Look(new HealthReading { At = TimeSpan.FromSeconds(2), MemoryKills = 1 }));
    }

    [Theory]
    [InlineData(0.5, 142, false)]
    [InlineData(0.5, 143, true)]
    [InlineData(2.0, 300, false)]
    [InlineData(2.0, 570, true)]
    public void Processor_time_counts_against_what_it_may_use(double processors, double usedSeconds, bool strike)
    {
        HealthWatch watch = new(Limits, processors);
        IReadOnlyList<Complaint> complaints = watch.Look(
            new HealthReading { At = TimeSpan.FromMinutes(5), CpuTime = TimeSpan.FromSeconds(usedSeconds) });
        Assert.Equal(strike ? [StrikeReason.Cpu] : [], complaints.Select(c => c.Reason));
    }

    // The defaults of two records have to fit: a window of strikes that is too short for the looks would let these go on for ever.
    [Theory]
    [InlineData(nameof(StrikeReason.Cpu))]
    [InlineData(nameof(StrikeReason.MissedDeadlines))]
    [InlineData(nameof(StrikeReason.Lag))]
    [InlineData(nameof(StrikeReason.Malformed))]
    public void Whoever_goes_on_misbehaving_ends_in_quarantine(string misdeed)
    {
        StrikeReason reason = Enum.Parse<StrikeReason>(misdeed);
        HealthWatch watch = new(new HealthLimits(), processors: 1);
        RestartPolicy restarts = new();
        List<Strike> strikes = [];
        for (int second = 1; restarts.Decide(strikes, TimeSpan.FromSeconds(second)) is not RestartDecision.Quarantine; second++)
        {
            Assert.True(second < 3600, $"an hour of it, and only {strikes.Count} strikes");
            HealthReading reading = new()
            {
                At = TimeSpan.FromSeconds(second),
                CpuTime = reason == StrikeReason.Cpu ? TimeSpan.FromSeconds(second) : default,
                Asked = second * 2,
                Missed = reason == StrikeReason.MissedDeadlines ? second * 2 : 0,
                Lost = reason == StrikeReason.Lag ? second * 1000 : 0,
                Malformed = reason == StrikeReason.Malformed ? second : 0,
            };
            foreach (Complaint complaint in watch.Look(reading))
            {
                Assert.Equal(reason, complaint.Reason);
                strikes.Add(new Strike(complaint.Reason, complaint.Detail, default, reading.At, 1, []));
            }
        }
    }
}

using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

public sealed class EvidenceTests
{
    private const int Minutes = 240;
    private const int Measured = 40;

    private static readonly Measure[] Forty = [.. Enumerable.Range(0, Measured).Select(i => new Measure($"m{i}", false, 1e-3, 1))];

    /// <summary>One release of which one looks at the evidence every minute; returns the largest that was seen.</summary>
    private static double Largest(Random random, double ratio, double share)
    {
        var fleet = new FleetCounts(["a", "b"], [1000, 1000, 0, 0, 0, 0, 0, 0], new int[8]);
        var ledger = new EvidenceLedger(fleet, Forty);
        var policy = new RolloutPolicy();
        var window = new EvidenceWindow(8);
        double largest = 0;
        for (int minute = 1; minute <= Minutes; minute++)
        {
            window.Clear();
            window.Minute = minute;
            for (int cell = 0; cell < 2; cell++)
            {
                window.ControlAtRisk[cell] = (long)(1000 * (1 - share));
                window.ExposedAtRisk[cell * Age.Classes] = (long)(1000 * share);
                for (int i = 0; i < 3; i++)
                {
                    int measure = random.Next(Measured);
                    double odds = measure == 0 ? ratio : 1;
                    bool exposed = random.NextDouble() < odds * share / (odds * share + 1 - share);
                    window.Sightings.Add(new Sighting(cell, measure, exposed ? 0 : Sighting.Control, 1));
                }
            }

            ledger.Add(window);
            largest = Math.Max(largest, Judgement.Of(ledger, policy, 100).Evidence);
        }

        return largest;
    }

    [Fact]
    public void Looking_every_minute_at_forty_measures_does_not_inflate_the_error()
    {
        // Ville: a harmless release ever reaches 10 with probability at most 1/10, 20 with at most 1/20.
        double[] largest = [.. Enumerable.Range(0, 300).Select(seed => Largest(new Random(seed), ratio: 1, share: 0.1 + seed % 5 * 0.2))];

        Assert.True(largest.Count(e => e >= 10) <= 30 + 3 * Math.Sqrt(27), $"{largest.Count(e => e >= 10)} of 300 reached 10");
        Assert.True(largest.Count(e => e >= 20) <= 15 + 3 * Math.Sqrt(15), $"{largest.Count(e => e >= 20)} of 300 reached 20");
        Assert.Equal(0, largest.Count(e => e >= 200));
    }

    [Fact]
    public void A_measure_that_shows_ten_times_as_often_is_found()
    {
        int found = Enumerable.Range(0, 20).Count(seed => Largest(new Random(seed), ratio: 10, share: 0.1) >= 200);
        Assert.True(found >= 16, $"{found} of 20");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_order_of_evidence_does_not_matter(int seed)
    {
        var random = new Random(seed);
        var first = new Fixture(cells: 3);
        var second = new Fixture(cells: 3);
        first.Installed[0] = second.Installed[0] = 100;
        for (int minute = 0; minute < 30; minute++)
        {
            Sighting[] sightings = [.. Enumerable.Range(0, 40).Select(_ => new Sighting(random.Next(6), random.Next(10), random.Next(-1, 4), random.Next(1, 3)))];
            foreach (Fixture fixture in (Fixture[])[first, second])
            {
                for (int s = 0; s < 6 * Age.Classes; s++)
                {
                    fixture.Window.ExposedAtRisk[s] = 50;
                }
            }

            first.Window.Sightings.AddRange(sightings);

            // The same devices, one by one and shuffled.
            Sighting[] single = [.. sightings.SelectMany(sighting => Enumerable.Repeat(sighting with { Devices = 1 }, sighting.Devices))];
            random.Shuffle(single);
            second.Window.Sightings.AddRange(single);
            first.Pass();
            second.Pass();
        }

        Assert.NotEqual(1, first.Decide().Judgement.Evidence);
        Assert.Equal(DecisionRecord.Of(first.Input).ToJson(), DecisionRecord.Of(second.Input).ToJson());
        Assert.Equal(first.Words(), second.Words());
    }

    [Fact]
    public void A_fault_in_one_small_cell_does_not_hide_among_the_others()
    {
        var fixture = new Fixture(cells: 20, canary: 2_000);
        for (int cell = 0; cell < 20; cell++)
        {
            fixture.Expose(cell, 100);
        }

        for (int minute = 0; minute < 5; minute++)
        {
            for (int cell = 0; cell < 20; cell++)
            {
                fixture.Window.ExposedAtRisk[cell * Age.Classes] = 100;
                fixture.Window.Sightings.Add(new Sighting(cell, Measures.Latency, Sighting.Control, 4));
            }

            fixture.Window.Sightings.Add(new Sighting(7, Measures.Latency, 0, 3));
            fixture.Pass();
        }

        var halt = Assert.IsType<RolloutDecision.Halt>(fixture.Decide());
        Assert.Contains(halt.Judgement.StandsOut, finding => finding.Cell == 7 && finding.Measure == Measures.Latency);
        Assert.Equal([7], Attribution.Named(fixture.Ledger, 0.05).Select(finding => finding.Cell));
    }

    [Fact]
    public void A_quiet_age_does_not_outvote_a_later_one()
    {
        var fixture = new Fixture(cells: 1, canary: 20_000);
        fixture.Expose(0, 2_000);
        for (int minute = 0; minute < 200; minute++)
        {
            fixture.Window.ExposedAtRisk[0] = 2_000;
            fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, Sighting.Control, 10));
            fixture.Pass();
        }

        Assert.True(fixture.Decide().Judgement.Evidence < 1.01);
        for (int minute = 0; minute < 5; minute++)
        {
            fixture.Window.ExposedAtRisk[2] = 2_000;
            fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, Sighting.Control, 10));
            fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, 2, 10));
            fixture.Pass();
        }

        Assert.IsType<RolloutDecision.Halt>(fixture.Decide());
    }

    [Fact]
    public void A_fault_that_begins_after_ten_quiet_hours_is_found()
    {
        var fixture = new Fixture(cells: 1, canary: 20_000);
        fixture.Expose(0, 10_000);
        for (int minute = 0; minute < 620; minute++)
        {
            bool faulty = minute >= 600;
            fixture.Window.ExposedAtRisk[3] = 10_000;
            fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, Sighting.Control, 5));
            fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, 3, faulty ? 15 : 5));
            fixture.Pass();
            Assert.True(faulty || fixture.Decide().Judgement.Evidence < 10);
        }

        Assert.True(fixture.Decide().Judgement.IsProof);
    }

    /// <summary>A harmless release on a fleet in which one device in a hundred crashes every eight hours; exposure grows from none to half.</summary>
    [Fact]
    public void Devices_that_crash_every_day_convict_nobody_unless_each_arm_counts_them_anew()
    {
        double[] once = [.. Enumerable.Range(0, 20).Select(seed => Chronic(new Random(seed), oncePerArm: false))];
        double[] twice = [.. Enumerable.Range(0, 20).Select(seed => Chronic(new Random(seed), oncePerArm: true))];

        Assert.All(once, evidence => Assert.True(evidence < 20, $"{evidence}"));
        Assert.All(twice, evidence => Assert.True(evidence > 200, $"{evidence}"));
    }

    private static double Chronic(Random random, bool oncePerArm)
    {
        var fixture = new Fixture(cells: 1, canary: 10_000);
        bool[] shownBefore = new bool[100];
        bool[] shownExposed = new bool[100];
        double[] position = [.. shownBefore.Select(_ => random.NextDouble())];
        double largest = 0;
        for (int minute = 0; minute < 2 * 1440; minute += 5)
        {
            double share = minute < 1440 ? 0.02 : 0.5;
            fixture.Expose(0, (int)(share * 10_000));
            for (int device = 0; device < position.Length; device++)
            {
                bool exposed = position[device] < share;
                bool shown = oncePerArm ? (exposed ? shownExposed : shownBefore)[device] : shownBefore[device] || shownExposed[device];
                if (random.NextDouble() < 5.0 / 480 && !shown)
                {
                    (exposed ? shownExposed : shownBefore)[device] = true;
                    fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, exposed ? 0 : Sighting.Control, 1));
                }
            }

            fixture.Window.ExposedAtRisk[0] = 5L * fixture.Exposed[0];
            fixture.Pass(5);
            largest = Math.Max(largest, fixture.Decide().Judgement.Evidence);
        }

        return largest;
    }

    [Fact]
    public void What_is_expected_of_a_cell_is_what_its_own_control_devices_show()
    {
        var fixture = new Fixture(cells: 2, broad: 400_000);
        for (int minute = 0; minute < 30; minute++)
        {
            fixture.Window.ControlHarmed[5] = 20;
            fixture.Window.SoakingAtRisk[0] = fixture.Window.SoakingAtRisk[1] = 100;
            fixture.Pass();
        }

        Assert.True(fixture.Ledger.ExpectedHarm[1] > 20 * fixture.Ledger.ExpectedHarm[0]);
    }

    [Theory]
    [InlineData(100, 100, 5, 4, 30, 50, ReportVerdict.Counts)]
    [InlineData(110, 100, 5, 4, 30, 50, ReportVerdict.ClockAhead)]
    [InlineData(100, 2000, 5, 4, 30, 50, ReportVerdict.ClockBehind)]
    [InlineData(100, 100, 4, 4, 30, 50, ReportVerdict.Repeated)]
    [InlineData(100, 100, 5, 4, 30, -1, ReportVerdict.NeverOffered)]
    [InlineData(100, 100, 5, 4, 60, 50, ReportVerdict.OlderThanTheOffer)]
    [InlineData(100, 100, 5, 4, -1, -1, ReportVerdict.Counts)]
    public void Reports_that_make_no_sense_are_set_aside(long claimed, long received, long sequence, long last, long age, long offered, ReportVerdict verdict) =>
        Assert.Equal(verdict, ReportScreen.Screen(new ReportFacts(claimed, received, sequence, last, age, offered)));

    [Fact]
    public void A_rate_that_has_halved_since_the_weeks_before_is_believed_even_where_few_devices_are_left_to_tell()
    {
        const double Rate = 1.0 / 300_000;
        var fleet = new FleetCounts(["a", "b", "c", "d"], [.. Enumerable.Repeat(1_000_000, 16)], new int[16]);
        var ledger = new EvidenceLedger(fleet, [new Measure("crash", true, 2 * Rate, 3)]);
        var window = new EvidenceWindow(16);
        double before = 0;
        for (int minute = 1; minute <= 1440; minute++)
        {
            window.Clear();
            window.Minute = minute;
            for (int cell = 0; cell < 4; cell++)
            {
                window.ControlAtRisk[cell] = 12_500;
                window.MaturedAtRisk[cell] = 600_000;
            }

            // One in six windows, the cells in turn: 50,000 device minutes a window.
            window.ControlHarmed[minute / 6 % 4] = minute % 6 == 0 ? 1 : 0;
            ledger.Add(window);
            before = minute == 720 ? ledger.ExpectedLater.Sum() : before;
        }

        double expected = 720 * 4 * 600_000 * Rate;
        Assert.InRange((ledger.ExpectedLater.Sum() - before) / expected, 0.95, 1.05);
    }
}

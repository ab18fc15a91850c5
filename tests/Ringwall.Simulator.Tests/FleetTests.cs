using Ringwall.Rollouts;
using Ringwall.Simulator;

namespace Ringwall.Simulator.Tests;

public sealed class FleetTests
{
    private static RunResult Run(string scenario, string strategy, int devices = 60_000, ulong seed = 3, int minutes = 30 * 60)
    {
        RunPlan plan = ScenarioList.Create(scenario, devices, seed) with { Minutes = minutes };
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, plan.Seed);
        return new FleetRun(plan, fleet, StrategyList.Create(strategy, plan, fleet, keepWords: true)).Run(30);
    }

    [Fact]
    public void July_2024_harms_no_more_than_the_budget()
    {
        RunResult run = Run("july-2024", "ringwall", minutes: 300);

        Assert.InRange(run.Harmed, 1, 25);
        Assert.InRange(run.HaltMinute, 1, 60);
        Assert.Contains("gone dark", run.Words);
    }

    [Fact]
    public void July_2024_released_to_all_at_once_harms_nearly_all_who_are_awake()
    {
        Assert.True(Run("july-2024", "all-at-once", minutes: 300).Harmed > 30_000);
    }

    [Theory]
    [InlineData("good", 12)]
    [InlineData("good-urgent", 5)]
    public void A_good_release_arrives_and_is_not_halted(string scenario, double hours)
    {
        RunResult run = Run(scenario, "ringwall");

        Assert.Equal(-1, run.HaltMinute);
        Assert.True(run.HoursTo95 < hours, $"{run.HoursTo95} hours");
    }

    [Theory]
    [InlineData("os-update")]
    [InlineData("outage")]
    public void What_hits_everybody_pauses_and_does_not_halt(string scenario)
    {
        RunResult run = Run(scenario, "ringwall");

        Assert.Equal(-1, run.HaltMinute);
        Assert.True(run.PausedMinutes > 10);
        Assert.True(run.HoursTo95 < 20);
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("one-cell")]
    [InlineData("false-positives")]
    [InlineData("dark")]
    [InlineData("spares-canaries")]
    public void Bad_releases_are_halted_before_the_broad_ring_has_passed(string scenario)
    {
        RunResult run = Run(scenario, "ringwall");

        Assert.True(run.HaltMinute > 0);
        Assert.False(run.PassedBroad);
        Assert.InRange(run.Harmed, 1, 40);
    }

    [Fact]
    public void A_bad_way_back_is_stopped_too()
    {
        RunResult run = Run("bad-rollback", "ringwall");

        Assert.InRange(run.HarmedByReturn, 1, 40);
        Assert.True(Run("bad-rollback", "all-at-once").HarmedByReturn > 1_000);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        RunResult first = Run("good", "ringwall", minutes: 600);
        RunResult second = Run("good", "ringwall", minutes: 600);
        RunResult other = Run("good", "ringwall", seed: 4, minutes: 600);

        Assert.Equal(first.Samples, second.Samples);
        Assert.NotEqual(first.Samples, other.Samples);
    }

    [Fact]
    public void The_number_of_threads_does_not_show()
    {
        CorpusResult[] one = Corpus(1);
        CorpusResult[] four = Corpus(4);

        Assert.Equal(one, four);
        Assert.Contains(one, result => result.Halted);

        static CorpusResult[] Corpus(int threads)
        {
            int[] numbers = [1, 5, 13, 15, 17, 19];
            var results = new CorpusResult[numbers.Length];
            Parallel.For(0, numbers.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => results[i] = CorpusResult.Run(numbers[i], 11));
            return results;
        }
    }

    [Fact]
    public void A_stretch_of_the_order_holds_its_share_of_the_fleets_habits()
    {
        var fleet = new SimulatedFleet(new FleetShape { Devices = 40_000, Cells = 2 }, "release", 5);
        int first = fleet.Start[4];
        int count = fleet.Start[5] - first;
        int early = Enumerable.Range(first, count / 4).Count(device => fleet.IsAwake(device, 12 * 60));
        int late = Enumerable.Range(first + 3 * count / 4, count / 4).Count(device => fleet.IsAwake(device, 12 * 60));

        // The awake share of the first and the last quarter differ by chance only.
        Assert.InRange(Math.Abs(early - late), 0, 5 * Math.Sqrt(count / 4));
    }

    [Fact]
    public void Awake_and_next_awake_agree()
    {
        var fleet = new SimulatedFleet(new FleetShape { Devices = 500, Cells = 1, Laptops = 1 }, "release", 6);
        int slept = 0;
        for (int device = 0; device < 500; device++)
        {
            for (int minute = 0; minute < 7 * 1440; minute += 97)
            {
                int next = fleet.NextAwake(device, minute);
                Assert.True(fleet.IsAwake(device, next));
                Assert.Equal(fleet.IsAwake(device, minute), next == minute);
                slept += next > minute ? 1 : 0;
                if (next == minute)
                {
                    int sleeps = fleet.AwakeUntil(device, minute);
                    Assert.True(fleet.IsAwake(device, sleeps - 1));
                    Assert.False(fleet.IsAwake(device, sleeps));
                }
            }
        }

        Assert.True(slept > 1_000);
    }

    [Fact]
    public void Every_incident_and_scenario_can_be_planned()
    {
        Assert.Equal(20, IncidentList.All.Length);
        Assert.All(IncidentList.All, incident => Assert.InRange(IncidentList.Plan(incident, 1, 10_000_000).Shape.Devices, 10_000, 8_500_000));
        Assert.All(ScenarioList.Names, name => Assert.Equal(name, ScenarioList.Create(name, 1000, 1).Name));
        Assert.Throws<ArgumentException>(() => ScenarioList.Create("nothing", 1000, 1));
    }

    [Fact]
    public void A_fleet_with_many_chronically_ill_devices_halts_no_good_release()
    {
        RunPlan plan = ScenarioList.Create("good", 60_000, 3) with { Minutes = 24 * 60, Measures = [.. MeasureSet.Forty.Select(Expecting)] };
        plan = plan with { Shape = plan.Shape with { ChronicCrash = 0.005, ChronicSlow = 0.05 } };
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, plan.Seed);
        double most = 0;
        int crashed = 0;
        var strategy = new RingwallStrategy(plan, fleet.Strata, fleet.Shape.Cells, (input, decision) =>
        {
            most = Math.Max(most, decision.Judgement.Evidence);
            crashed = input.Ledger.Harmed.Sum() + input.Ledger.HarmedLater.Sum();
        });

        RunResult run = new FleetRun(plan, fleet, strategy).Run(0);

        Assert.Equal(-1, run.HaltMinute);
        Assert.True(most < 20, $"evidence {most}");
        Assert.True(crashed > 20, "hardly any ill device took the release, so this run proved nothing");

        // The weeks before had the same devices.
        static Measure Expecting(Measure measure, int i) =>
            measure with { UsualRate = measure.UsualRate + (i == Measures.Crash ? 0.005 / 480 : i == Measures.Latency ? 0.05 / 480 : 0) };
    }

    /// <summary>
    /// Illness that sleep saves up for the minute of waking, late joiners among the control, or devices that are watched and not counted: each of these makes
    /// the harm of a good release differ from what the control lets expect by more than chance.
    /// </summary>
    [Fact]
    public void A_good_release_shows_as_much_harm_as_the_control_lets_expect()
    {
        const int Runs = 10;
        double[] seen = new double[Runs];
        double[] expected = new double[Runs];
        double[] variance = new double[Runs];
        Parallel.For(0, Runs, i =>
        {
            RunPlan plan = ScenarioList.Create("good", 40_000, 100 + (ulong)i) with
            {
                Minutes = 36 * 60, Urgent = true, Measures = [.. MeasureSet.Forty.Select(Expecting)], Policy = new RolloutPolicy { Holdback = 0.3, HarmBudget = 2000 },
            };
            plan = plan with { Shape = plan.Shape with { Cells = 2, ChronicCrash = 0.03, JoinPerDay = 0.05 } };
            var fleet = new SimulatedFleet(plan.Shape, plan.Name, plan.Seed);
            var strategy = new RingwallStrategy(plan, fleet.Strata, fleet.Shape.Cells, (input, _) =>
            {
                seen[i] = input.Ledger.Harmed.Sum() + input.Ledger.HarmedLater.Sum();
                expected[i] = input.Ledger.ExpectedHarm.Sum() + input.Ledger.ExpectedLater.Sum();
                variance[i] = input.Ledger.ExpectedHarmVariance + input.Ledger.ExpectedLaterVariance;
            });
            new FleetRun(plan, fleet, strategy).Run(0);
        });

        double error = Math.Sqrt(seen.Sum() + variance.Sum());
        Assert.True(seen.Sum() > 2_000, "hardly any ill device took the release, so these runs proved nothing");
        Assert.InRange(seen.Sum() / expected.Sum(), 1 - 3 * error / expected.Sum(), 1 + 3 * error / expected.Sum());

        // The weeks before had the same devices.
        static Measure Expecting(Measure measure, int i) =>
            i == Measures.Crash ? measure with { UsualRate = measure.UsualRate + 0.03 / 480 } : measure;
    }

    [Fact]
    public void A_partial_benchmark_keeps_the_figures_of_the_others()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".json");
        try
        {
            var first = new BenchFile();
            first.Ratio("one", 1);
            first.Ratio("two", 2);
            first.Write(path);
            var second = new BenchFile();
            second.Ratio("two", 3);
            second.Write(path);

            string json = File.ReadAllText(path);
            Assert.Contains("\"one\": 1", json);
            Assert.Contains("\"two\": 3", json);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_page_loads_nothing()
    {
        RunPlan plan = ScenarioList.Create("crash", 20_000, 3) with { Minutes = 600 };
        var fleet = new SimulatedFleet(plan.Shape, plan.Name, plan.Seed);
        RunResult[] runs = [.. StrategyList.Names.Select(name => new FleetRun(plan, fleet, StrategyList.Create(name, plan, fleet, true)).Run(5))];

        string html = ScenarioPage.Html(plan, runs);

        Assert.DoesNotContain("://", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("url(", html);
        Assert.Contains("<svg", html);
        Assert.Contains("HALT", html);
    }
}

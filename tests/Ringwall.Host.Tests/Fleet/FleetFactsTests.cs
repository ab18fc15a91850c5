using Ringwall.Host.Fleet;
using Ringwall.Host.Generations.Succession;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>What happened is told once it is on the agent's disk, and not before it is forgotten.</summary>
public sealed class FleetFactsTests : IDisposable
{
    private readonly FleetAtWork _at = new();

    public void Dispose() => _at.Dispose();

    [Fact]
    public void What_happened_is_told_until_the_agent_has_it_over_deaths_of_the_host()
    {
        _at.Begin();
        _at.Desk.Failed("marker", 1, "Crash: signal 11");
        DoorFacts first = _at.Report();
        Assert.Equal((HarmMeasure.Crash, FleetAtWork.Engine, "Crash: signal 11"), Harms(first).Single());
        Assert.Equal(1, first.Report.Health!.Strikes);

        // The agent died before it wrote that down; then the host did.
        Assert.Equal(Harms(first), Harms(_at.Report()));
        _at.StartAgain();
        DoorFacts again = _at.Report();
        Assert.Equal((first.Number, Harms(first).Single()), (again.Number, Harms(again).Single()));

        // The agent has it: never again, and what comes then has a higher number.
        Assert.Empty(Harms(_at.Report(first.Number)));
        _at.StartAgain();
        _at.Desk.FellBack(new FallbackEvent("marker", 1, 0, FallbackCause.Failure, "it crashed"));
        DoorFacts second = _at.Report(first.Number);
        Assert.Equal(HarmMeasure.Quarantine, Harms(second).Single().Measure);
        Assert.True(second.Number > first.Number);
    }

    [Fact]
    public void A_number_that_the_agent_has_already_is_not_given_to_something_else()
    {
        // The host's disk was set back: it begins at 1, and the agent knows up to 90.
        _at.Desk.Failed("marker", 1, "Crash");
        DoorFacts first = _at.Report(90);
        Assert.Equal("Crash", Harms(first).Single().Detail);
        Assert.True(first.Number > 90);
        _at.Desk.Failed("marker", 1, "another");
        DoorFacts told = _at.Report(first.Number);
        Assert.Equal("another", Harms(told).Single().Detail);
        Assert.True(told.Number > first.Number);
    }

    [Fact]
    public void There_is_a_bound_and_what_goes_beyond_it_is_counted()
    {
        for (int i = 0; i < FleetFacts.Most + 10; i++)
        {
            _at.Desk.Failed("marker", 1, $"{i}");
            if (i % 100 == 0)
            {
                _at.Desk.Tick();
            }
        }

        HashSet<string> told = [];
        long after = 0;
        while (true)
        {
            DoorFacts facts = _at.Report(after);
            Assert.InRange(facts.Report.Harms.Count, 1, DeviceLimits.Harms);
            Assert.All(facts.Report.Harms, harm => Assert.True(told.Add(harm.Detail), $"{harm.Detail} came twice"));
            after = facts.Number;
            if (!facts.HasMore)
            {
                Assert.Equal(10, facts.Lost);
                break;
            }
        }

        Assert.Equal(FleetFacts.Most, told.Count);
        Assert.DoesNotContain("0", told);
        Assert.Contains($"{FleetFacts.Most + 9}", told);
    }

    [Fact]
    public void What_comes_while_nobody_writes_it_down_is_counted_too()
    {
        for (int i = 0; i < FleetFacts.Most + 7; i++)
        {
            _at.Desk.Failed("marker", 1, $"{i}");
        }

        Assert.Equal(7, _at.Report().Lost);
    }

    [Fact]
    public void A_probation_is_reported_with_its_release_and_fits_into_a_report()
    {
        _at.Begin();
        ProbationDifference one = new() { Path = new string('x', 400), Class = "open", Current = "allow", Candidate = "deny" };
        ProbationReport report = new()
        {
            Sensor = "marker", Candidate = new GenerationIdentity(1, "acme", "1.0", null, "", null), Result = ProbationResult.Refused, Because = "it denies all",
            Began = default, Host = "1", Cell = FleetAtWork.Machine, Seed = 1, Phases = [], Gates = [], Differences = [.. Enumerable.Repeat(one, 1000)],
        };
        _at.Probations[("marker", 1)] = report;
        _at.Desk.Tried(report);
        DoorFacts told = _at.Report();
        ReleaseProbation probation = Assert.Single(told.Report.Probations);
        Assert.Equal((FleetAtWork.Engine, "it denies all"), (probation.Path, probation.Report.Because));
        Assert.Equal(1000, probation.Report.Differences.Count + probation.Report.DifferencesLeftOut);
        Assert.NotEmpty(probation.Report.Differences);
        Assert.True(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(told.Report, FleetJson.Wire.DeviceReport).Length < DeviceLimits.BatchBytes);
        Assert.Equal((HarmMeasure.Quarantine, FleetAtWork.Engine), (told.Report.Harms.Single().Measure, told.Report.Harms.Single().Release));
    }

    [Fact]
    public void Fallback_verdicts_memory_and_latency_are_harms_by_bounds_that_stand_in_the_host()
    {
        _at.Begin();
        _at.Status = Busy(fallbacks: 5, p99: 10, memory: 10);
        Assert.Empty(_at.Report().Report.Harms);
        _at.Status = Busy(5 + FleetHealth.FallbackVerdicts - 1, FleetHealth.LatencyMicroseconds, FleetHealth.SensorMemory);
        Assert.Empty(_at.Report().Report.Harms);
        _at.Status = Busy(5 + (2 * FleetHealth.FallbackVerdicts), FleetHealth.LatencyMicroseconds + 1, FleetHealth.SensorMemory + 1);
        Assert.Equal([HarmMeasure.FallbackVerdicts, HarmMeasure.Latency, HarmMeasure.Memory], _at.Report().Report.Harms.Select(harm => harm.Measure));

        // These are the rollout rules' own words.
        Assert.All(HarmMeasure.All, name => Assert.Contains(Ringwall.Rollouts.Measures.Standard, measure => measure.Name == name));
    }

    [Fact]
    public void Minutes_in_service_are_counted_in_the_rollout_s_minutes_and_over_restarts()
    {
        _at.Begin();
        _at.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(10, Age(60_000));
        _at.StartAgain();
        _at.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(15, Age(60_000));
        Assert.Equal(450, Age(2_000));

        int Age(long minute) => _at.Desk.Answer(new DoorRequest { Do = DoorVerb.Report, Minute = minute }).Facts!.Report.Releases.Single().Age;
    }

    [Theory]
    [InlineData(FallbackCause.Failure, true)]
    [InlineData(FallbackCause.Order, true)]
    [InlineData(FallbackCause.Withdrawal, false)]
    public void A_fallback_is_a_harm_unless_the_operator_took_the_release_back_whatever_the_words_are(object cause, bool isHarm)
    {
        _at.Begin();
        _at.Desk.FellBack(new FallbackEvent("marker", 1, 0, (FallbackCause)cause, "withdrawn by the operator: it is said"));
        DoorFacts told = _at.Report();
        Assert.Equal(isHarm ? [HarmMeasure.Quarantine] : [], told.Report.Harms.Select(harm => harm.Measure));
        Assert.Equal(1, told.Report.Health!.Quarantines);
    }

    private static (string Measure, string? Release, string Detail)[] Harms(DoorFacts facts) => [.. facts.Report.Harms.Select(harm => (harm.Measure, harm.Release, harm.Detail))];

    private HostStatus Busy(long fallbacks, long p99, double memory) => _at.Status with
    {
        Asks = [new AskFigures { Class = "open", Asked = 5000, ByFallback = fallbacks, Latency = new LatencyFigures(5000, 1, 1, p99, p99) }],
        Sensors = [new SensorStatus { Name = "marker", State = "running", MemoryMb = memory }],
    };
}

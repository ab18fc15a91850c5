using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Generations.Probation;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Tests.Generations.Probation;

public sealed class ProbationGatesTests
{
    private static readonly ProbationBounds Bounds = new();

    // Everything that a good generation shows when its soak time is over.
    private static readonly ProbationObservations Good = new()
    {
        Elapsed = Bounds.Soak + TimeSpan.FromMinutes(1),
        Soaked = Bounds.Soak,
        StartedIn = TimeSpan.FromSeconds(1),
        Asks = AskKinds.Exec | AskKinds.Open,
        Tells = TellKinds.Process,
        Asked = 1000,
        ComparedExec = 100,
        ComparedOpen = 900,
        AnsweredExec = 100,
        AnsweredOpen = 900,
        Told = 5000,
        Candidate = Cost(),
        Current = Cost(),
    };

    public static TheoryData<string, string> Faults => new()
    {
        { "started", "slow start" },
        { "started", "never started" },
        { "strikes", "struck" },
        { "strikes", "ended" },
        { "deadlines", "late" },
        { "protected", "denies the loader" },
        { "new-denials", "denies more" },
        { "lost-denials", "denies less" },
        { "cpu", "burns" },
        { "memory", "grows" },
        { "latency-half", "slow" },
        { "latency-most", "sometimes slow" },
        { "findings", "storms" },
    };

    [Fact]
    public void A_generation_that_does_as_the_one_before_passes_and_says_so_with_numbers()
    {
        ProbationJudgement judgement = Gates().Judge(Good);
        Assert.Equal(ProbationResult.Passed, judgement.Result);
        Assert.All(judgement.Gates, gate => Assert.Equal(GateState.Passed, gate.State));
        Assert.All(judgement.Gates, gate => Assert.True(gate.Value is not null && gate.Bound is not null && gate.Says.Length > 0, gate.Name));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_gate_refuses_what_it_is_for_and_nothing_else_does(string gate, string fault)
    {
        ProbationJudgement judgement = Gates().Judge(With(fault));
        Assert.Equal(ProbationResult.Refused, judgement.Result);
        Assert.Equal([gate], judgement.Gates.Where(g => g.State == GateState.Failed).Select(g => g.Name).Where(name => !(fault == "never started" && name == "strikes")));
        Assert.Contains(judgement.Gates.Single(g => g.Name == gate).Says, judgement.Because, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_gate_refuses_at_once_and_does_not_wait_for_the_soak_time(string gate, string fault)
    {
        ProbationJudgement judgement = Gates().Judge(With(fault) with { Soaked = TimeSpan.FromSeconds(5), Elapsed = TimeSpan.FromSeconds(40) });
        Assert.Equal((ProbationResult.Refused, GateState.Failed), (judgement.Result, judgement.Gates.Single(g => g.Name == gate).State));
    }

    [Theory]
    [InlineData("seen-exec")]
    [InlineData("seen-open")]
    [InlineData("seen-asks")]
    [InlineData("seen-tells")]
    public void Too_few_events_wait_and_in_the_end_are_inconclusive(string gate)
    {
        ProbationObservations seen = gate switch
        {
            "seen-exec" => Good with { ComparedExec = 9 },
            "seen-open" => Good with { ComparedOpen = 9, ComparedExec = 100 },
            "seen-asks" => Good with { ComparedOpen = 49, ComparedExec = 50 },
            _ => Good with { Told = 99 },
        };
        ProbationJudgement waits = Gates().Judge(seen);
        Assert.Equal((ProbationResult.Running, GateState.Waiting), (waits.Result, waits.Gates.Single(g => g.Name == gate).State));
        ProbationJudgement over = Gates().Judge(seen with { Elapsed = Bounds.WaitAtMost });
        Assert.Equal(ProbationResult.Inconclusive, over.Result);
        Assert.Contains("were", over.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_passes_before_its_soak_time_is_over() =>
        Assert.Equal(ProbationResult.Running, Gates().Judge(Good with { Soaked = Bounds.Soak - TimeSpan.FromSeconds(1) }).Result);

    [Fact]
    public void What_cannot_be_compared_is_not_judged_and_keeps_nobody_from_passing()
    {
        ProbationObservations alone = Good with { Current = null, ComparedExec = 0, ComparedOpen = 0, Candidate = Cost() with { CpuTime = null, MemoryBytes = null } };
        ProbationJudgement judgement = Gates().Judge(alone);
        Assert.Equal(ProbationResult.Passed, judgement.Result);
        Assert.Equal(
            ["new-denials", "lost-denials", "cpu", "memory", "latency-half", "latency-most", "findings"],
            judgement.Gates.Where(gate => gate.State == GateState.NotJudged).Select(gate => gate.Name));
    }

    [Fact]
    public void A_few_microseconds_more_are_no_harm_however_many_times_as_much_they_are()
    {
        ProbationObservations seen = Good with
        {
            Candidate = Cost() with { CpuTime = TimeSpan.FromMicroseconds(200 * 10_000L), HalfNs = 1_900_000, MostNs = 9_900_000 },
            Current = Cost() with { CpuTime = TimeSpan.FromMicroseconds(10_000), HalfNs = 10_000, MostNs = 20_000 },
        };
        Assert.Equal(ProbationResult.Passed, Gates().Judge(seen).Result);
    }

    [Fact]
    public void Where_the_one_in_service_is_late_too_nobody_else_is_expected_not_to_be()
    {
        ProbationObservations seen = Good with { Missed = 100, Current = Cost() with { Asked = 10_000, Missed = 500 } };
        Assert.Equal(ProbationResult.Passed, Gates().Judge(seen).Result);
        Assert.Equal(ProbationResult.Refused, Gates().Judge(seen with { Missed = 101 }).Result);
    }

    [Fact]
    public void A_sensor_that_is_asked_nothing_needs_no_asks() =>
        Assert.Equal(
            ProbationResult.Passed,
            Gates().Judge(Good with { Asks = AskKinds.None, ComparedExec = 0, ComparedOpen = 0, Asked = 0 }).Result);

    private static ProbationGates Gates() => new(Bounds, TimeSpan.FromMilliseconds(20));

    private static GenerationCost Cost() => new()
    {
        Events = 10_000,
        CpuTime = TimeSpan.FromSeconds(5),
        MemoryBytes = 200 << 20,
        Findings = 10,
        Verdicts = 1000,
        HalfNs = 3_000_000,
        MostNs = 20_000_000,
    };

    private static ProbationObservations With(string fault) => fault switch
    {
        "slow start" => Good with { StartedIn = Bounds.StartWithin + TimeSpan.FromSeconds(1) },
        "never started" => Good with { StartedIn = null, HasEnded = true, Strikes = ["Start: it ended before its hello"] },
        "struck" => Good with { Strikes = ["Crash: signal 11"] },
        "ended" => Good with { HasEnded = true },
        "late" => Good with { Missed = 51 },
        "denies the loader" => Good with { ProtectedDenied = 1, ProtectedExample = "/lib64/ld-linux-x86-64.so.2" },
        "denies more" => Good with { NewDenials = Bounds.NewDenials + 1 },
        "denies less" => Good with { LostDenials = Bounds.LostDenials + 1 },
        "burns" => Good with { Candidate = Cost() with { CpuTime = TimeSpan.FromSeconds(16) } },
        "grows" => Good with { Candidate = Cost() with { MemoryBytes = 401 << 20 } },
        "slow" => Good with { Candidate = Cost() with { HalfNs = 9_100_000 } },
        "sometimes slow" => Good with { Candidate = Cost() with { MostNs = 61_000_000 } },
        "storms" => Good with { Candidate = Cost() with { Findings = 101 } },
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };
}

using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Tests.Asks;
using Ringwall.Host.Tests.Sandboxes;
using Ringwall.Wire.Probation;
using Guard = Ringwall.Host.Tests.Asks.Guard;

namespace Ringwall.Host.Tests.Generations.Probation;

/// <summary>Real generations of a real sensor are tried beside the one that answers the real kernel.</summary>
[Collection("kernel")]
public sealed class ProbationOnMachineTests : IDisposable
{
    private readonly TestMount? _mount;
    private readonly Line? _line;
    private readonly Probations? _probations;

    public ProbationOnMachineTests()
    {
        Workshop.SkipUnlessRoot();
        _mount = TestMount.Tmpfs();
        Probations? trials = null;
        _line = new Line(_mount, trials: (generation, candidate, current, done) => trials!.Start(generation, candidate, current, done));
        trials = _probations = new Probations(
            new ProbationContext
            {
                Bounds = new ProbationBounds { Soak = TimeSpan.FromSeconds(2), WaitAtMost = TimeSpan.FromMinutes(2), Asks = 20, Tells = 0, MissedPercent = 30 },

                // A machine that is busy with other tests must not make a good sensor late, nor a bad one good.
                Policies = Guard.Both(Fallback.Open, 5_000),
                Reviews = _line.Guard.Review(),
                Folder = _line.Store.Folder,
                HostVersion = "test",
                Cell = _ => CellFacts.Read("/", []),
            },
            _line.Store);
        _line.AwaitInService(0);
    }

    public void Dispose()
    {
        _probations?.Dispose();
        _line?.Dispose();
        _mount?.Dispose();
    }

    [Fact]
    public void A_good_update_is_shown_what_happens_and_goes_into_service()
    {
        string file = _mount!.Write("file", "x");
        string program = _mount.Write("program", "#!/bin/sh\nexit 0\n", mode: 0x1ED);
        using Hand opens = Hand.Start("repeat", file, "0");
        _line!.Install("2", "good");
        _line.Await(
            () =>
            {
                Hand.Do("run", program);
                return Find() is { Result: not ProbationResult.Running };
            },
            "there is a result");
        ProbationReport report = Find()!;
        Assert.True(report.Result == ProbationResult.Passed, report.Because);
        _line.AwaitInService(1);
        Assert.True(report.Phases[1].Asks > 100 && report.Phases[1].Missed == 0, report.Because);
        Assert.True(report.Phases[4].Compared >= 20, report.Because);
        Assert.Equal((1, 0), (report.Candidate.Number, report.Current!.Number));
        Assert.Matches("^[0-9a-f]{64}$", report.Candidate.EngineDigest);
        Assert.Equal(report.Result, ProbationReportFile.TryRead(_line.Store.Folder, Line.Name, 1)!.Result);
        Assert.Matches("^[1-9][0-9]* allowed, 0 refused, 0 other$", opens.Say("end"));
    }

    [Theory]
    [InlineData("crash", "Crash")]
    [InlineData("exit", "Exit")]
    [InlineData("crash-early", "Start")]
    [InlineData("slow", "verdicts were not there in time")]
    public void A_bad_one_is_refused_and_nobody_else_notices(string what, string why)
    {
        string file = _mount!.Write("file", "x");
        using Hand opens = Hand.Start("repeat", file, "0");
        _line!.Install("2", what);
        _line.Await(() => _line.Store.Of(Line.Name)[1].State == GenerationState.Refused, "it is refused");
        Assert.Contains(why, _line.Store.Of(Line.Name)[1].Why, StringComparison.Ordinal);
        Assert.Equal(ProbationResult.Refused, Find()!.Result);
        _line.AwaitInService(0);
        Assert.Matches("^[1-9][0-9]* allowed, 0 refused, 0 other$", opens.Say("end"));
    }

    private ProbationReport? Find() => _probations!.Find(Line.Name, 1);
}

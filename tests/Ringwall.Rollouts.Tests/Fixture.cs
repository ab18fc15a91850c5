using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

/// <summary>A small fleet and its evidence, for tests that ask for one decision.</summary>
internal sealed class Fixture
{
    public Fixture(int cells = 2, int canary = 500, int early = 5_000, int broad = 50_000, int critical = 1_000)
    {
        int[] sizes = [canary, early, broad, critical];
        int[] enrolled = [.. Enumerable.Range(0, cells * 4).Select(s => sizes[s / cells])];
        Fleet = new FleetCounts([.. Enumerable.Range(0, cells).Select(i => $"cell-{i}")], enrolled, [.. enrolled]);
        Ledger = new EvidenceLedger(Fleet, Measures.Standard);
        Window = new EvidenceWindow(Fleet.Strata);
        Exposed = new int[Fleet.Strata];
        Installed = new int[Fleet.Strata];
        Alive = new int[Fleet.Strata];
        Grown = new long[Fleet.Strata];
        Array.Fill(Grown, -1);
    }

    public FleetCounts Fleet { get; }

    public EvidenceLedger Ledger { get; private set; }

    public EvidenceWindow Window { get; }

    public int[] Exposed { get; }

    public int[] Installed { get; }

    public int[] Alive { get; }

    public long[] Grown { get; }

    public RolloutPolicy Policy { get; set; } = new();

    public ReleaseFacts Release { get; set; } = new("content 41", ReleaseStream.Content, 41, 0, false, ["ann"], 0);

    public List<Change> Changes { get; } = [];

    public long HighestVersion { get; set; }

    public bool Halted { get; set; }

    public long Now { get; private set; }

    /// <summary>Ends the window, with healthy control devices in every stratum unless told otherwise.</summary>
    public void Pass(long minutes = 1)
    {
        for (int s = 0; s < Fleet.Strata; s++)
        {
            Window.ControlAtRisk[s] = Math.Max(0, Fleet.Enrolled[s] - Exposed[s]) * minutes;
        }

        Now += minutes;
        Window.Minute = Now;
        Ledger.Add(Window);
        Window.Clear();
    }

    public void Expose(int stratum, int devices)
    {
        Exposed[stratum] = Installed[stratum] = Alive[stratum] = devices;
        Grown[stratum] = Now;
        Window.ExposedAtRisk[stratum * Age.Classes] = devices;
    }

    public RolloutInput Input => new()
    {
        Release = Release, Policy = Policy, Fleet = Fleet, Ledger = Ledger, Exposed = Exposed, Installed = Installed, FallbackAlive = Alive,
        GrownMinute = Grown, Changes = Changes, HighestVersion = HighestVersion, Halted = Halted, Now = Now,
    };

    public RolloutDecision Decide() => RolloutRules.Decide(Input);

    public string Words() => Explanation.Of(Decide(), Input);
}

using System.Data.Common;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Server.Health;
using Ringwall.Server.Rollouts;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>
/// A fleet whose every device does the same: it installs a minute after it is let in, and then is well after its soak, or harmed two minutes later when the release harms. What it showed follows from the
/// published steps and the minute alone, as with the real one.
/// </summary>
internal sealed class ScriptedFleet(TimeProvider clock, params int[] devicesByRing) : IFleetSight
{
    private const long MinuteMilliseconds = 60_000;
    private readonly Dictionary<string, int> _soak = [];

    /// <summary>Which releases harm.</summary>
    public Func<string, bool> Harms { get; set; } = _ => false;

    /// <summary>Called where a driver asks: "catch up", "evidence", "positions". What it throws, the driver meets.</summary>
    public Action<string> Asked { get; set; } = _ => { };

    public IReadOnlyList<string> Cells { get; } = ["debian 12 · 6.1 · x64"];

    public long MinuteOf(long unixMilliseconds) => unixMilliseconds / MinuteMilliseconds;

    public Task<long> RegisterAsync(DbConnection connection, DbTransaction transaction, string release, int soakMinutes)
    {
        _soak[release] = soakMinutes;
        return Task.FromResult(clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public Task<long> CatchUpAsync(CancellationToken stop)
    {
        Asked("catch up");
        return Task.FromResult(MinuteOf(clock.GetUtcNow().ToUnixTimeMilliseconds()) - 1);
    }

    public Task<FleetEvidence> EvidenceAsync(RolloutSeen rollout, long after, long minute, CancellationToken stop)
    {
        Asked("evidence");
        EvidenceWindow window = new(FleetCounts.Rings) { Minute = minute };
        int[] exposed = new int[FleetCounts.Rings];
        int[] installed = new int[FleetCounts.Rings];
        for (int ring = 0; ring < FleetCounts.Rings; ring++)
        {
            foreach (double position in Positions(rollout, ring))
            {
                long letIn = rollout.Steps.FirstOrDefault(step => position < step.Exposure[ring])?.Minute ?? long.MaxValue;
                exposed[ring] += letIn == long.MaxValue ? 0 : 1;
                installed[ring] += letIn < minute ? 1 : 0;
                Watch(window, rollout.Release, ring, letIn, after, minute);
            }
        }

        window.ControlReportsCame = window.ControlReportsDue = window.ControlAtRisk.Sum() / 5;
        window.Reports = window.ExposedAtRisk.Sum() / 5;
        return Task.FromResult(new FleetEvidence(window, new FleetCounts([.. Cells], [.. devicesByRing], [.. devicesByRing]), exposed, installed, [.. installed]));
    }

    public Task<double[]> SortedPositionsAsync(RolloutSeen rollout, int stratum, CancellationToken stop)
    {
        Asked("positions");
        return Task.FromResult(Positions(rollout, stratum));
    }

    public void Forget(string release)
    {
    }

    /// <summary>Devices that an exposure lets in, by their names.</summary>
    public IReadOnlyList<string> LetIn(string release, byte[] salt, int ring, double exposure) => [.. Enumerable.Range(0, devicesByRing[ring])
        .Select(number => $"{ring}-{number}").Where(device => Membership.IsExposed(Position(device, release, salt), exposure))];

    private double[] Positions(RolloutSeen rollout, int ring) =>
        [.. Enumerable.Range(0, devicesByRing[ring]).Select(number => Position($"{ring}-{number}", rollout.Release, rollout.Salt)).Order()];

    private static double Position(string device, string release, byte[] salt) => Membership.Position(Encoding.UTF8.GetBytes(device), Encoding.UTF8.GetBytes(release), salt);

    private void Watch(EvidenceWindow window, string release, int ring, long letIn, long after, long until)
    {
        long installs = letIn == long.MaxValue ? long.MaxValue : letIn + 1;
        long harmed = letIn == long.MaxValue || !Harms(release) ? long.MaxValue : installs + 2;
        long matures = letIn == long.MaxValue ? long.MaxValue : installs + _soak[release];
        for (long minute = after + 1; minute <= until; minute++)
        {
            if (minute < letIn)
            {
                window.ControlAtRisk[ring]++;
                continue;
            }

            int age = Age.ClassOf(minute - letIn);
            window.ExposedAtRisk[(ring * Age.Classes) + age] += minute <= harmed ? 1 : 0;
            window.SoakingAtRisk[ring] += minute >= installs && minute < Math.Min(matures, harmed) ? 1 : 0;
            window.MaturedAtRisk[ring] += minute >= matures && minute < harmed ? 1 : 0;
            window.NewlyMatured[ring] += minute == matures && matures < harmed ? 1 : 0;
            if (minute == harmed)
            {
                window.NewlyHarmed[ring]++;
                window.Sightings.Add(new Sighting(ring, Measures.Crash, age, 1));
            }
        }
    }
}

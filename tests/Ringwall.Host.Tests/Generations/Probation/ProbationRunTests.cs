using System.Text;
using System.Text.Json;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Review;
using Ringwall.Host.Supervision;
using Ringwall.Kernel.Files;
using Ringwall.Wire.Control;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Tests.Generations.Probation;

public sealed class ProbationRunTests : IDisposable
{
    private const string Sensor = "marker";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-probation-").FullName;
    private readonly ManualClock _clock = new();
    private readonly ScriptedShadow _candidate = new();
    private readonly ScriptedShadow _current = new();
    private ProbationReport? _done;
    private int _shown;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_generation_that_judges_as_the_one_before_passes_and_its_report_is_on_disk()
    {
        ProbationReport report = RunToEnd(Context(), run => Show(run, "/srv/a", Verdict.Allow));
        Assert.True(report.Result == ProbationResult.Passed, Text(report));
        Assert.Equal(["start", "synthetic", "protected", "journal", "live"], report.Phases.Select(phase => phase.Name));
        Assert.Equal(["done", "done", "skipped", "skipped", "done"], report.Phases.Select(phase => phase.State));
        Assert.True(report.Phases[1].Asks > 60 && report.Phases[1].Tells > 300, Text(report));
        Assert.Empty(report.Differences);
        Assert.Empty(report.Signatures);
        Assert.Contains("\"signatures\":[]", Text(report), StringComparison.Ordinal);
        Assert.Equal(Text(report), Text(ProbationReportFile.TryRead(_folder, Sensor, 7)!));
        Assert.Equal(Text(report), Text(ProbationReportFile.TryRead(_folder, Sensor, null)!));
        Assert.Null(ProbationReportFile.TryRead(_folder, Sensor, 8));

        // Asked and told what there is to ask and tell, with files.
        Assert.Contains(_candidate.Asked, ask => ask.Descriptor >= 0);
        Assert.Contains(_candidate.Asked, ask => ask.Class == EventClass.Exec);
        Assert.Contains(_candidate.Asked, ask => ask.PathBytes == Protocol.MaxPathBytes);
    }

    [Fact]
    public void One_that_crashes_on_a_synthetic_event_never_sees_a_live_one()
    {
        int heard = 0;
        _candidate.Hears = shadow =>
        {
            if (++heard == 200)
            {
                shadow.Fail(StrikeReason.Crash);
            }
        };
        ProbationReport report = RunToEnd(Context(), _ => Assert.Fail("it must not get there"));
        Assert.Equal(ProbationResult.Refused, report.Result);
        Assert.Contains("Crash: scripted", report.Because, StringComparison.Ordinal);
        Assert.Equal("cut short", report.Phases[1].State);
        Assert.Equal("skipped", report.Phases[4].State);
        Assert.Equal(["the last line"], report.Strikes.Single().LastLines);
        Assert.NotEmpty(report.ShownLast);
    }

    [Fact]
    public void One_that_does_not_start_is_refused()
    {
        _candidate.StartedIn = null;
        _candidate.State = Host.Generations.Shadows.ShadowState.Starting;
        ProbationReport report = RunToEnd(Context(), _ => Assert.Fail("it must not get there"));
        Assert.Equal(ProbationResult.Refused, report.Result);
        Assert.Contains("did not start within", report.Because, StringComparison.Ordinal);
        Assert.Empty(_candidate.Asked);
    }

    [Fact]
    public void A_verdict_against_a_protected_file_refuses_before_anything_real_is_seen()
    {
        string file = Path.Combine(_folder, "libc.so.6");
        File.WriteAllText(file, "not harmful");
        _candidate.Answer = ask => ask.Path == file ? Verdict.Deny : Verdict.Allow;
        ProbationReport report = RunToEnd(Context() with { Protected = new Always(file) }, _ => Assert.Fail("it must not get there"));
        Assert.Equal(ProbationResult.Refused, report.Result);
        Assert.Contains(file, report.Because, StringComparison.Ordinal);
        ProbationDifference difference = report.Differences[0];
        Assert.Equal((file, "deny", "unknown", "it is a test", "scripted"), (difference.Path, difference.Candidate, difference.Current, difference.Protected, difference.Reason));
    }

    [Fact]
    public void Files_that_are_judged_otherwise_are_listed_and_too_many_refuse()
    {
        _candidate.Answer = ask => ask.Path.StartsWith("/srv/new", StringComparison.Ordinal) ? Verdict.Deny : Verdict.Allow;
        int shown = 0;
        ProbationReport report = RunToEnd(Context(), run => Show(run, $"/srv/new{Math.Min(shown++, 3)}", Verdict.Allow));
        Assert.Equal(ProbationResult.Refused, report.Result);
        ProbationGate gate = report.Gates.Single(g => g.Name == "new-denials");
        Assert.Equal((GateState.Failed, 4L, 3L), (gate.State, gate.Value, gate.Bound));
        Assert.Equal(["/srv/new0", "/srv/new1", "/srv/new2", "/srv/new3"], report.Differences.Select(difference => difference.Path).Distinct().Order());
        Assert.All(report.Differences, difference => Assert.Equal(("deny", "allow"), (difference.Candidate, difference.Current)));
    }

    [Fact]
    public void What_another_sensor_denied_says_nothing_about_the_one_in_service()
    {
        ProbationReport report = RunToEnd(
            Context(),
            run =>
            {
                Show(run, "/srv/a", Verdict.Allow);
                Show(run, "/srv/b", Verdict.Deny, by: "another");
            });
        Assert.Equal(ProbationResult.Passed, report.Result);
        Assert.Empty(report.Differences);
    }

    [Fact]
    public void What_it_lets_through_and_the_one_in_service_does_not_is_a_difference_too()
    {
        ProbationReport report = RunToEnd(
            Context(),
            run =>
            {
                Show(run, "/srv/a", Verdict.Allow);
                Show(run, "/srv/malware", Verdict.Deny, by: Sensor);
            });
        Assert.Equal(ProbationResult.Passed, report.Result);    // one file may differ
        Assert.Equal(("/srv/malware", "allow", "deny"), report.Differences.Select(d => (d.Path, d.Candidate, d.Current)).Distinct().Single());
    }

    [Fact]
    public void Without_enough_events_it_waits_and_then_is_inconclusive()
    {
        ProbationContext context = Context();
        ProbationReport report = RunToEnd(context with { Bounds = context.Bounds with { WaitAtMost = TimeSpan.FromMinutes(10) } }, _ => { });
        Assert.Equal(ProbationResult.Inconclusive, report.Result);
        Assert.InRange(report.Ended!.Value - report.Began, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));
    }

    [Fact]
    public void The_journal_is_asked_again_if_the_file_is_still_the_same()
    {
        string same = Path.Combine(_folder, "same"), changed = Path.Combine(_folder, "changed");
        File.WriteAllText(same, "1");
        File.WriteAllText(changed, "1");
        Recent recent = new([Was(same, Verdict.Allow), Was(changed, Verdict.Allow)], [.. Host.Generations.Probation.Synthetic.SyntheticEvents.Tells(1).Take(50).Select(tell => tell.Event)]);
        File.WriteAllText(changed, "12");
        ProbationReport report = RunToEnd(Context() with { Recent = recent }, run => Show(run, "/srv/a", Verdict.Allow));
        ProbationPhase journal = report.Phases[3];
        Assert.Equal(("done", 1L, 1L, 1L, 50L), (journal.State, journal.Asks, journal.Compared, journal.PassedOver, journal.Tells));
        Assert.Contains(_candidate.Asked, ask => ask.Path == same && ask.Descriptor >= 0);
        Assert.DoesNotContain(_candidate.Asked, ask => ask.Path == changed);
    }

    [Fact]
    public void Ended_from_outside_it_has_no_result_and_tells_nobody()
    {
        using ProbationRun run = Begin(Context());
        run.Dispose();
        run.Join();
        Assert.Equal(ProbationResult.Abandoned, run.Report().Result);
        Assert.Null(_done);
    }

    [Fact]
    public void Live_asks_are_taken_no_faster_than_the_pace()
    {
        ProbationContext context = Context();
        ProbationReport report = RunToEnd(
            context with { Bounds = context.Bounds with { AsksPerSecond = 20, Asks = 20 } },
            run =>
            {
                for (int i = 0; i < 50; i++)
                {
                    Show(run, "/srv/a", Verdict.Allow);
                }
            });
        ProbationPhase live = report.Phases[4];
        Assert.True(live.Asks <= 21 * live.Milliseconds / 1000.0, Text(report));
        Assert.True(live.PassedOver > live.Asks, Text(report));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Whoever_sets_the_wall_clock_neither_shortens_nor_lengthens_a_probation(int hours)
    {
        bool set = false;
        ProbationReport report = RunToEnd(Context(), run =>
        {
            if (!set)
            {
                _clock.Set(TimeSpan.FromHours(hours));
                set = true;
            }

            Show(run, "/srv/a", Verdict.Allow);
        });
        Assert.Equal(ProbationResult.Passed, report.Result);
        Assert.InRange(report.Phases[4].Milliseconds, 30_000, 30 * 60_000);
        Assert.True(Math.Abs((report.Ended!.Value - report.Began).TotalHours - hours) < 0.5, "the clock was not set while it ran, so this proved nothing");
    }

    private static string Text(ProbationReport report) => JsonSerializer.Serialize(report, ControlReplyJson.Lines.ProbationReport);

    private static RecentAsk Was(string path, Verdict judged)
    {
        Assert.True(OpenFile.TryStat(path, out FileState state));
        AskMessage message = new()
        {
            Ticket = 3,
            Class = EventClass.Open,
            Deadline = 1,
            Path = Encoding.UTF8.GetBytes(path),
            Device = state.Identity.Device,
            Inode = state.Identity.Inode,
            Size = state.Identity.Size,
            ModifiedNanoseconds = state.Identity.ModifiedNs,
            Mode = state.Mode,
        };
        byte[] bytes = new byte[AskMessage.MaxBytes];
        return new RecentAsk(bytes[..message.Write(bytes)], state.Identity.ChangedNs, judged, null);
    }

    private ProbationContext Context() => new()
    {
        Bounds = new ProbationBounds { Soak = TimeSpan.FromSeconds(30), WaitAtMost = TimeSpan.FromHours(1), Tells = 0 },
        Folder = _folder,
        HostVersion = "test",
        Cell = _ => new MachineCell("test 1", "1.0", "x64", []),
        Clock = _clock,
    };

    private ProbationRun Begin(ProbationContext context) => ProbationRun.Start(
        new ProbationTrial
        {
            Sensor = Sensor,
            Candidate = _candidate,
            Current = _current,
            Identity = () => new GenerationIdentity(7, "Test", "2.0", "aa", "9", "bb"),
            CurrentIdentity = () => new GenerationIdentity(6, "Test", "1.0", "cc", "8", "dd"),
        },
        context,
        seed: 11,
        report => Volatile.Write(ref _done, report));

    // Lets time pass until there is a result, showing what happens on the machine while live events are seen.
    private ProbationReport RunToEnd(ProbationContext context, Action<ProbationRun> live)
    {
        using ProbationRun run = Begin(context);
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Volatile.Read(ref _done) is null; Thread.Sleep(1))
        {
            Assert.True(Environment.TickCount64 < until, Text(run.Report()));
            if (run.Report().Phases[4].State == "running")
            {
                live(run);
            }

            if (_clock.IsAwaited)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(500));
            }
        }

        run.Join();
        return _done!;
    }

    // Each path is a file of its own.
    private void Show(ProbationRun run, string path, Verdict judged, string by = Sensor)
    {
        using FileStream file = File.OpenRead("/dev/null");
        run.Review(new ReviewedAsk
        {
            Ticket = 1,
            Class = _shown++ % 3 == 0 ? EventClass.Exec : EventClass.Open,
            File = new FileState(new FileIdentity(1, (ulong)path.GetHashCode(StringComparison.Ordinal), 1, 1, 1), 0, 0, 0x81ED, 1, 1),
            Pid = 42,
            Path = Encoding.UTF8.GetBytes(path),
            Applied = judged,
            Judged = judged,
            Reason = DecisionReason.Sensors,
            DecidedBy = judged == Verdict.Deny ? new FindingSource(by, "", "", "", 1) : null,
            AskedNs = 1,
            TookNs = 20_000,
            Descriptor = (int)file.SafeFileHandle.DangerousGetHandle(),
        });
    }

    private sealed class Always(string path) : IProtectedFiles
    {
        public IEnumerable<string> Paths => [path];

        public string? Why(in FileState file, ReadOnlySpan<byte> asked) => Encoding.UTF8.GetString(asked) == path ? "it is a test" : null;
    }

    private sealed class Recent(RecentAsk[] asks, byte[][] tells) : IRecentEvents
    {
        public IReadOnlyList<RecentAsk> Asks(int most) => asks;

        public IReadOnlyList<byte[]> Tells(int most) => tells;
    }
}

using System.Diagnostics;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Responses;
using Ringwall.Host.Review;
using Ringwall.Host.Tests.Asks;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Procfs;
using static Ringwall.Host.Tests.Responses.QuarantineTests;

namespace Ringwall.Host.Tests.Responses;

/// <summary>What is done for whom, and what is not.</summary>
[Collection("kernel")]
public sealed class DeskTests
{
    [Fact]
    public void Without_the_right_or_out_of_service_nothing_is_done_and_it_is_counted_and_reported()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new() { Granted = ResponseKinds.Kill };
        string path = mount.Write("bad", "bad");
        Assert.Equal((ResponseOutcome.Refused, "not-granted"), Became(at.Quarantine(path)));
        at.Granted = DeskAtWork.All;
        at.InService = false;
        Assert.Equal((ResponseOutcome.Refused, "not-in-service"), Became(at.Quarantine(path)));
        Assert.True(File.Exists(path));
        Assert.Equal(new ResponseFigures(0, 2, 0), at.Desk.FiguresOf("yara", 3));
        Assert.Equal(["not-granted", "not-in-service"], at.Reports.Select(report => report.Refusal!.Word));
        Assert.Empty(at.Desk.Acts);

        // The control: with both it is done.
        at.InService = true;
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        Assert.Equal(new ResponseFigures(1, 2, 0), at.Desk.FiguresOf("yara", 3));
    }

    [Fact]
    public void What_is_protected_is_not_touched_but_in_a_rehearsal()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string path = mount.Write("needed", "needed");
        at.Protected.Replace(Table(path));
        Assert.Equal((ResponseOutcome.Refused, "protected"), Became(at.Quarantine(path)));
        Assert.Contains("the machine needs it", Assert.Single(at.Reports).Refusal!.Detail, StringComparison.Ordinal);
        Assert.Equal("needed", File.ReadAllText(path));

        // The control: out of the set it is like any other.
        at.Protected.Replace(ProtectedTable.Empty);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
    }

    [Fact]
    public void A_generation_that_is_over_its_budget_is_refused_and_that_is_said_once_until_there_is_room_again()
    {
        using TestMount mount = TestMount.Tmpfs();
        ManualClock clock = new();
        string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
        ResponseContext Two(ResponseContext context) => context with { PerHour = 2, Clock = clock };
        using (DeskAtWork at = new(home, Two))
        {
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount.Write("1", "bad")).Outcome);
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount.Write("2", "bad")).Outcome);
            Assert.Empty(at.Trips);
            Assert.Equal((ResponseOutcome.Refused, "budget"), Became(at.Quarantine(mount.Write("3", "bad"))));
            Assert.Equal((ResponseOutcome.Refused, "budget"), Became(at.Quarantine(mount["3"])));
            Assert.Equal(("yara", 3L), Assert.Single(at.Trips));

            // Another generation has a budget of its own.
            at.Generation = 4;
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount["3"]).Outcome);
        }

        // A restart gives no new budget, time does. What was taken back counts all the same.
        using (DeskAtWork at = new(home, Two))
        {
            _ = at.Desk.Undo(new UndoOrder());
            Assert.Equal((ResponseOutcome.Refused, "budget"), Became(at.Quarantine(mount["3"])));
            clock.Advance(TimeSpan.FromMinutes(61));
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount["3"]).Outcome);
        }

        Directory.Delete(home, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Whoever_sets_the_wall_clock_gives_out_no_new_budget_and_takes_none_away(int hours)
    {
        using TestMount mount = TestMount.Tmpfs();
        ManualClock clock = new();
        string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
        ResponseContext Two(ResponseContext context) => context with { PerHour = 2, Clock = clock };
        using (DeskAtWork at = new(home, Two))
        {
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount.Write("1", "bad")).Outcome);
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount.Write("2", "bad")).Outcome);
            clock.Set(TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(hours));
            Assert.Equal((ResponseOutcome.Refused, "budget"), Became(at.Quarantine(mount.Write("3", "bad"))));
            clock.Advance(TimeSpan.FromMinutes(59));
            Assert.Equal((ResponseOutcome.Refused, "budget"), Became(at.Quarantine(mount["3"])));
            clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount["3"]).Outcome);
        }

        // A host that starts afterwards takes what is still to come for new.
        clock.Set(TimeSpan.FromHours(-3));
        using (DeskAtWork at = new(home, Two))
        {
            Assert.Equal((ResponseOutcome.Refused, "budget"), Became(at.Quarantine(mount.Write("4", "bad"))));
            clock.Advance(TimeSpan.FromMinutes(61));
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount["4"]).Outcome);
        }

        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public void Without_the_guard_there_is_no_budget()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new(change: context => DeskAtWork.Without(context with { PerHour = 1 }, Host.Configuration.Guard.ResponsesBudget));
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount.Write("1", "bad")).Outcome);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(mount.Write("2", "bad")).Outcome);
        Assert.Empty(at.Trips);
    }

    [Fact]
    public void Only_what_was_meant_is_taken_back_and_a_dry_run_takes_nothing_back()
    {
        using TestMount mount = TestMount.Tmpfs();
        using DeskAtWork at = new();
        string first = mount.Write("1", "one"), second = mount.Write("2", "two"), third = mount.Write("3", "three");
        at.Quarantine(first);
        at.Generation = 4;
        at.Quarantine(second);
        DateTimeOffset then = DateTimeOffset.UtcNow;
        at.Quarantine(third);

        Assert.Empty(at.Desk.Undo(new UndoOrder { Sensor = "other" }));
        UndoneAct would = Assert.Single(at.Desk.Undo(new UndoOrder { Since = then, DryRun = true }));
        Assert.Equal((UndoResult.Would, third), (would.Result, would.Act.About));
        Assert.Empty(Entries(mount));
        Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder { Id = 1 })).Result);
        Assert.Equal([first], Entries(mount));
        Assert.Equal(2, at.Desk.CountOf("yara", 4));
        at.Desk.UndoEverythingOf("yara", 4);
        _ = at.Desk.Undo(new UndoOrder { Id = -1 });       // waits for it
        Assert.Equal([first, second, third], Entries(mount).Order());
        Assert.Equal(0, at.Desk.CountOf("yara", 4));
    }

    [Fact]
    public void A_process_is_killed_if_it_is_the_one_that_the_sensor_saw()
    {
        using DeskAtWork at = new();
        using Process sleeper = Process.Start("/bin/sleep", "600")!;
        Assert.True(ProcessStat.TryRead(sleeper.Id, out ProcessStat stat));
        RequestMessage kill = new() { Number = 1, Kind = ResponseKind.Kill, Pid = (uint)sleeper.Id, Start = stat.StartNs };
        Assert.Equal((ResponseOutcome.Refused, "no-target"), Became(at.Send(kill with { Pid = 0 })));
        Assert.Equal((ResponseOutcome.Refused, "no-target"), Became(at.Send(kill with { Start = 0 })));
        Assert.Equal((ResponseOutcome.Refused, "changed"), Became(at.Send(kill with { Start = stat.StartNs + 10_000_000 })));
        Assert.True(ProcessStat.TryRead(1, out ProcessStat init));
        Assert.Equal((ResponseOutcome.Refused, "protected"), Became(at.Send(kill with { Pid = 1, Start = init.StartNs == 0 ? 1 : init.StartNs })));
        at.Own.Add(sleeper.Id);
        Assert.Equal((ResponseOutcome.Refused, "protected"), Became(at.Send(kill)));
        at.Own.Remove(sleeper.Id);
        at.Protected.Replace(Table(new FileInfo("/bin/sleep").ResolveLinkTarget(true)?.FullName ?? File.ResolveLinkTarget("/bin", true)?.FullName + "/sleep"));
        Assert.Equal((ResponseOutcome.Refused, "protected"), Became(at.Send(kill)));
        Assert.False(sleeper.HasExited);
        Assert.Empty(at.Desk.Acts);

        at.Protected.Replace(ProtectedTable.Empty);
        Assert.Equal(ResponseOutcome.Done, at.Send(kill).Outcome);
        Assert.True(sleeper.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(137, sleeper.ExitCode);
        Assert.Equal((ResponseOutcome.Refused, "gone"), Became(at.Send(kill)));
        UndoneAct cannot = Assert.Single(at.Desk.Undo(new UndoOrder()));
        Assert.Equal(UndoResult.Cannot, cannot.Result);
        Assert.Equal(ActState.Done, Assert.Single(at.Desk.Acts).State);
    }

    [Fact]
    public void A_ticket_stands_for_the_file_and_the_process_of_its_ask_also_when_it_is_known_later_only()
    {
        using TestMount mount = TestMount.Tmpfs();
        JudgedAsks judged = new(capacity: 2);
        using DeskAtWork at = new(change: context => context with { Judged = judged });
        string path = mount.Write("bad", "bad");
        using Process sleeper = Process.Start("/bin/sleep", "600")!;
        Assert.True(OpenFile.TryStat(path, out FileState state));
        RequestMessage request = new() { Number = 1, Kind = ResponseKind.Quarantine, Ticket = 77 };
        Assert.Equal((ResponseOutcome.Refused, "no-target"), Became(at.Send(request)));
        judged.Review(Asked(77, path, state, sleeper.Id));
        Assert.Equal(ResponseOutcome.Done, at.Send(request).Outcome);
        Assert.False(File.Exists(path));
        Assert.Equal(ResponseOutcome.Done, at.Send(request with { Kind = ResponseKind.Kill }).Outcome);
        Assert.True(sleeper.WaitForExit(TimeSpan.FromSeconds(60)));

        judged.Review(Asked(78, path, state, 1));
        judged.Review(Asked(79, path, state, 1));
        Assert.Null(judged.Find(77));
        Assert.NotNull(judged.Find(79));
    }

    [Fact]
    public void What_makes_no_sense_is_not_taken()
    {
        using DeskAtWork at = new();
        Assert.False(at.Desk.Take(at.Sensor(), [10, 0, 0, 0, 8, 0, 0, 0]));
        Assert.Empty(at.Reports);
    }

    [Fact]
    public void Every_word_for_a_refusal_stands_in_the_protocol()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"));
        string outcome = page[page.IndexOf("### 11 Outcome", StringComparison.Ordinal)..page.IndexOf("## 4.", StringComparison.Ordinal)];
        Assert.All(Refusal.Words, word => Assert.Contains($"- `{word}`:", outcome, StringComparison.Ordinal));
        Assert.Equal(Refusal.Words.Count, outcome.Split("\n- `").Length - 1);
    }

    [Theory]
    [InlineData(UndoOnFallback.Budget, true, "undo")]
    [InlineData(UndoOnFallback.Budget, false, "offer")]
    [InlineData(UndoOnFallback.Always, false, "undo")]
    [InlineData(UndoOnFallback.Never, true, "offer")]
    public void A_fallback_takes_back_or_offers_to(object rule, bool overBudget, string expected)
    {
        List<string> done = [];
        int acts = 2;
        FallbackUndo undo = new((UndoOnFallback)rule, (_, _) => done.Add("undo"), (_, _) => acts, _ => done.Add("offer"));
        if (overBudget)
        {
            undo.Distrust("yara", 3);
        }

        undo.FellBack("yara", 3);
        Assert.Equal([expected], done);
        acts = 0;
        undo.FellBack("yara", 3);
        Assert.Single(done);
    }

    private static ProtectedTable Table(string path) => new([new ProtectedPlace(path, IsTree: false, new Protection(ProtectionKind.Operator, "the machine needs it"))], []);

    private static ReviewedAsk Asked(ulong ticket, string path, FileState state, int pid) => new()
    {
        Ticket = ticket, Class = EventClass.Open, File = state, Pid = pid, Path = Encoding.UTF8.GetBytes(path), Applied = Verdict.Deny, Reason = DecisionReason.Sensors, AskedNs = 0, TookNs = 0,
    };

}

using System.Security.Cryptography;
using System.Text.Json;
using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Running;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Tests;

/// <summary>The agent's work, step by step, against a server and a host that do as a test wants.</summary>
public sealed class AgentRunTests
{
    [Fact]
    public async Task A_release_comes_to_the_host_and_a_report_to_the_server()
    {
        using AgentAtWork at = new();
        byte[] package = RandomNumberGenerator.GetBytes(700_000);
        at.Publish(package: package);
        at.Host.Happened("first");
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Host.Installed.ContainsKey(AgentAtWork.Release) && at.Server.Reports.Any(report => report.Releases.Count > 0), "installed and reported");
        Assert.True(at.Host.Installed[AgentAtWork.Release].AsSpan().SequenceEqual(package));
        Assert.Equal(("canary", at.Server.EnrolledAt), (at.Host.Identity!.Ring, at.Host.Identity.Since));
        Assert.Equal(["first"], at.Server.Reports.SelectMany(report => report.Harms).Select(harm => harm.Detail));
        Assert.Empty(at.Journal.Troubles);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(at.State, "spool", "packages")));

        AgentStatus status = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(at.State, AgentStatus.FileName)), AgentStatusJson.Default.AgentStatus)!;
        Assert.Equal((at.Host.Identity.Device, 0, true), (status.Device, status.Queued, status.HostAnswers));
        Assert.NotNull(status.LastContact);
        Assert.Equal(UnixFileMode.OtherRead, File.GetUnixFileMode(Path.Combine(at.State, AgentStatus.FileName)) & UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_fetched_again()
    {
        using AgentAtWork at = new();
        at.Publish(package: new byte[1000]);
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1, "installed");
        at.Server.Asked.Clear();
        int before = at.Host.Refreshes;
        await at.StepUntilAsync(run, () => at.Host.Refreshes == before + 3, "three more polls");

        // Of each repository: is there a next root, and is the timestamp another one?
        Assert.All(at.Server.Asked.Where(asked => asked.StartsWith("GET", StringComparison.Ordinal)), asked => Assert.Matches(@"GET (vendors|director)/(2\.root|timestamp)\.json", asked));
    }

    [Theory]
    [InlineData(Lie.Fails)]
    [InlineData(Lie.CutOff)]
    [InlineData(Lie.Stalls)]
    [InlineData(Lie.Trickles)]
    [InlineData(Lie.Endless)]
    [InlineData(Lie.Longer)]
    [InlineData(Lie.Shorter)]
    [InlineData(Lie.Garbage)]
    [InlineData(Lie.Missing)]
    [InlineData(Lie.Redirects)]
    internal async Task A_server_that_fails_or_lies_about_signed_files_changes_nothing_and_the_agent_goes_on(Lie lie)
    {
        using AgentAtWork at = new() { Pace = new(TimeSpan.FromMilliseconds(400), 100_000) };
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Host.Refreshes == 1, "the first poll");
        Dictionary<string, byte[]> before = Vendors();
        at.Publish(package: new byte[1000]);
        at.Server.Lies["vendors/"] = lie;
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Count > 0, "a trouble is told");
        Dictionary<string, byte[]> after = Vendors();
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, file => Assert.True(file.Value.AsSpan().SequenceEqual(after[file.Key]), file.Key));
        Assert.Empty(at.Host.Installed);

        at.Server.Lies.Clear();
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it goes on");

        Dictionary<string, byte[]> Vendors() => at.Spool().Where(file => file.Key.Contains("/vendors/", StringComparison.Ordinal)).ToDictionary();
    }

    [Fact]
    public async Task What_the_operator_says_comes_whatever_has_become_of_the_vendors_files()
    {
        using AgentAtWork at = new();
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Host.Refreshes == 1, "the first poll");
        at.Publish(package: new byte[1000]);
        at.Server.Lies["vendors/"] = Lie.Garbage;
        await at.StepUntilAsync(run, () => at.Host.Refreshes >= 4, "the host is asked all the same");
        Assert.NotEmpty(at.Journal.Troubles);
        Assert.Equal(at.Fleet.Files["director/timestamp.json"], File.ReadAllBytes(Path.Combine(at.State, "spool", "director", "timestamp.json")));
        Assert.Empty(at.Host.Installed);
    }

    [Fact]
    public async Task A_slow_download_holds_up_neither_reports_nor_halts_nor_other_releases()
    {
        using AgentAtWork at = new(enrolled: false) { Pace = new(TimeSpan.FromSeconds(20), 500) };
        at.Server.PaceMilliseconds = 1000;
        await at.Join();
        byte[] package = RandomNumberGenerator.GetBytes(200_000);
        at.Publish(package: package);
        at.Server.Lies["content-5"] = Lie.Slow;
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Server.Sent > 0, "it begins");
        at.Publish("acme/marker/content-6.tar.gz", new byte[1000]);
        at.Host.Happened("meanwhile");
        int before = at.Host.Refreshes;
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1 && at.Host.Refreshes > before + 1 && at.Server.Reports.Any(report => report.Harms.Count > 0), "all else goes on", 20);
        Assert.False(at.Host.Installed.ContainsKey(AgentAtWork.Release));
        at.Server.Lies.Clear();
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 2, "it ends");
        Assert.True(at.Host.Installed[AgentAtWork.Release].AsSpan().SequenceEqual(package));
        Assert.Contains(at.Server.Asked, asked => asked.Contains("content-5", StringComparison.Ordinal) && asked.Contains("bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_package_that_is_nowhere_holds_up_no_other()
    {
        using AgentAtWork at = new();
        at.Publish(package: new byte[1000]);
        at.Publish("acme/marker/content-6.tar.gz", new byte[2000]);
        at.Server.Lies["content-5"] = Lie.Missing;
        using AgentRun run = at.NewRun();
        int before = at.Host.Refreshes;
        await at.StepUntilAsync(run, () => at.Host.Refreshes == before + 60, "an hour");
        Assert.Equal(["acme/marker/content-6.tar.gz"], at.Host.Installed.Keys);
        Assert.Contains(at.Journal.Troubles, trouble => trouble.Contains("content-5", StringComparison.Ordinal));
        Assert.InRange(at.Server.Asked.Count(asked => asked.Contains("content-5", StringComparison.Ordinal)), 2, 25);
        at.Server.Lies.Clear();
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 2 && at.Journal.Troubles.Count == 0, "it comes after all");
    }

    [Fact]
    public async Task A_package_that_the_host_cannot_take_now_is_fetched_once()
    {
        using AgentAtWork at = new();
        byte[] package = RandomNumberGenerator.GetBytes(100_000);
        at.Publish(package: package);
        at.Host.RefusesPackages = "no space left";
        using AgentRun run = at.NewRun();
        int before = at.Host.Refreshes;
        await at.StepUntilAsync(run, () => at.Host.Refreshes == before + 30, "half an hour");
        Assert.Contains(at.Journal.Troubles, trouble => trouble.Contains("no space left", StringComparison.Ordinal));
        Assert.InRange(at.Host.Asked.Count(asked => asked == DoorVerb.Install), 2, 20);
        at.Host.RefusesPackages = null;
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it goes on");
        Assert.Equal(package.Length, at.Server.Sent);
    }

    [Fact]
    public async Task A_server_that_asks_to_be_left_alone_for_good_is_asked_again_within_hours()
    {
        using AgentAtWork at = new();
        using AgentRun run = at.NewRun();
        (at.Server.RetryAfter, at.Server.Lies["vendors/"]) = (int.MaxValue, Lie.Fails);
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Count > 0, "a trouble is told");
        at.Server.Lies.Clear();
        at.Publish(package: new byte[1000]);
        DateTimeOffset before = at.Clock.Now;
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1, "it comes");
        Assert.InRange(at.Clock.Now - before, TimeSpan.Zero, TimeSpan.FromHours(2));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Numbers_of_a_server_that_make_no_sense_do_not_outlive_it(long number)
    {
        using AgentAtWork at = new();
        at.Server.PaceMilliseconds = number;
        for (int step = 0; step < 4; step++)
        {
            (at.Server.Until, at.Server.Time, at.Server.Acknowledges) = (step == 1 ? number : null, step == 2 ? number : null, step == 3 ? number : null);
            at.Host.Happened($"{step}");
            using AgentRun run = at.NewRun();
            for (int i = 0; i < 10; i++)
            {
                at.Clock.Now += await run.StepAsync(TestContext.Current.CancellationToken);
            }
        }

        Assert.InRange(Enrolled.Read(at.State)!.PaceMilliseconds, 1, 3_600_000);
        (at.Server.Until, at.Server.Time, at.Server.Acknowledges, at.Server.PaceMilliseconds) = (null, null, null, 60_000);
        using AgentRun next = at.NewRun();
        at.Publish(package: new byte[1000]);
        await at.StepUntilAsync(next, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0 && at.Server.Reports.SelectMany(report => report.Harms).Count() == 4, "it goes on", 1000);
    }

    [Fact]
    public async Task A_server_that_acknowledges_nothing_is_not_sent_the_same_without_end()
    {
        using AgentAtWork at = new();
        at.Server.Acknowledges = 0;
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Any(trouble => trouble.Contains("says that it has 0", StringComparison.Ordinal)), "it is told");
        at.Server.Acknowledges = null;
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Count == 0, "it goes on");
    }

    [Fact]
    public async Task A_device_that_its_fleet_took_out_gets_nothing_new_until_it_is_in_again()
    {
        using AgentAtWork at = new();
        at.Server.HasRetired = true;
        using (AgentRun run = at.NewRun())
        {
            await at.StepUntilAsync(run, () => at.Journal.Troubles.Any(trouble => trouble.Contains("taken this device out", StringComparison.Ordinal)), "it is told");
        }

        at.Server.HasRetired = false;
        using AgentRun next = at.NewRun();
        await at.StepUntilAsync(next, () => at.Server.Reports.Count > 0, "a report");
        at.Server.HasRetired = true;
        await at.StepUntilAsync(next, () => at.Journal.Troubles.Any(trouble => trouble.Contains("taken this device out", StringComparison.Ordinal)), "it is told again");
        at.Publish(package: new byte[1000]);
        int before = at.Host.Refreshes;
        await at.StepUntilAsync(next, () => at.Host.Refreshes > before + 3, "what is taken back still comes");
        Assert.Empty(at.Host.Installed);
        at.Server.HasRetired = false;
        await at.StepUntilAsync(next, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it is in again", 1000);
    }

    [Fact]
    public async Task Old_files_are_refused_whoever_serves_them_and_another_mirror_has_the_new_ones()
    {
        using AgentAtWork at = new();
        Dictionary<string, byte[]> old = new(at.Fleet.Files);
        using TestServer mirror = new(at.Fleet, at.Clock);
        at.Mirrors.Add(mirror.Address);
        using AgentRun run = at.NewRun();
        at.Publish(package: new byte[1000]);
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1, "installed");
        Assert.DoesNotContain(at.Server.Asked, asked => asked.StartsWith("GET", StringComparison.Ordinal));

        // Rollback: what was published before, properly signed and not expired.
        mirror.Old = old;
        at.Publish("acme/marker/content-6.tar.gz", new byte[2000]);
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 2, "the server has what the mirror has not");

        // Both: nothing comes, and the freeze is noticed when the old timestamp expires.
        at.Server.Old = new Dictionary<string, byte[]>(at.Fleet.Files);
        mirror.Old = at.Server.Old;
        Dictionary<string, byte[]> before = at.Spool();
        at.Publish("acme/marker/content-7.tar.gz", new byte[3000]);
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Any(trouble => trouble.StartsWith("Expired", StringComparison.Ordinal)), "the freeze is noticed", 4000);
        Assert.Equal(before.Keys.Order(), at.Spool().Keys.Order());
        Assert.Equal(2, at.Host.Installed.Count);
    }

    [Theory]
    [InlineData(Lie.CutOff)]
    [InlineData(Lie.IgnoresRange)]
    [InlineData(Lie.Garbage)]
    [InlineData(Lie.Longer)]
    [InlineData(Lie.Shorter)]
    [InlineData(Lie.Endless)]
    [InlineData(Lie.Stalls)]
    [InlineData(Lie.Fails)]
    [InlineData(Lie.Missing)]
    internal async Task A_package_comes_whole_or_not_at_all_and_goes_on_where_it_broke_off(Lie lie)
    {
        using AgentAtWork at = new() { Pace = new(TimeSpan.FromMilliseconds(400), 100_000) };
        byte[] package = RandomNumberGenerator.GetBytes(2_000_000);
        at.Publish(package: package);
        using AgentRun run = at.NewRun();
        at.Server.Lies["packages/"] = lie == Lie.IgnoresRange ? Lie.CutOff : lie;
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Count > 0, "a trouble is told");
        Assert.Empty(at.Host.Installed);
        long sent = at.Server.Sent;
        at.Server.Lies.Clear();
        if (lie == Lie.IgnoresRange)
        {
            at.Server.Lies["packages/"] = lie;
        }

        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1, "it comes");
        Assert.True(at.Host.Installed[AgentAtWork.Release].AsSpan().SequenceEqual(package));
        if (lie == Lie.CutOff)
        {
            Assert.Contains(at.Server.Asked, asked => asked.EndsWith("bytes=1000000-1999999", StringComparison.Ordinal));
            Assert.Equal(package.Length, at.Server.Sent);
        }

        // Whatever is sent, no more is taken than the package has.
        Assert.InRange(sent, 0, package.Length + 8_000_000);
    }

    [Fact]
    public async Task Keys_change_and_every_root_lies_in_the_spool()
    {
        using AgentAtWork at = new();
        at.Fleet.RotateKeys(at.Clock.Now);
        at.Fleet.RotateKeys(at.Clock.Now);
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Host.Refreshes == 1, "a poll");
        Directory.Delete(Path.Combine(at.State, "spool"), recursive: true);
        await at.StepUntilAsync(run, () => at.Host.Refreshes == 2, "another one");
        Assert.All(Enumerable.Range(1, 3), version => Assert.True(File.Exists(Path.Combine(at.State, "spool", "director", $"{version}.root.json")), $"{version}"));
    }

    [Fact]
    public async Task A_week_without_a_server_costs_some_questions_and_loses_nothing_that_went_wrong()
    {
        using AgentAtWork at = new(enrolled: false);
        at.Server.PaceMilliseconds = 600_000;
        await at.Join();
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Server.Reports.Count > 0, "the first report");
        at.Server.IsDown = true;
        DateTimeOffset back = at.Clock.Now.AddDays(7);
        int day = 0;
        List<string> happened = [];
        await at.StepUntilAsync(
            run,
            () =>
            {
                if (at.Clock.Now > back.AddDays(-7 + day))
                {
                    happened.Add($"harm {day++}");
                    at.Host.Happened(happened[^1]);
                }

                return at.Clock.Now >= back;
            },
            "a week",
            30_000);

        // The host was asked all the time, and the machine is guarded as before; nothing that waits grows without bound.
        Assert.InRange(Directory.EnumerateFiles(Path.Combine(at.State, "reports")).Count(), 100, Reporting.ReportQueue.Most + 1);
        at.Server.IsDown = false;
        at.Fleet.Refresh(at.Clock.Now);
        await at.StepUntilAsync(run, () => at.Server.Reports.SelectMany(report => report.Harms).Count() == happened.Count && at.Journal.Troubles.Count == 0, "everything came");
        Assert.Equal(happened, at.Server.Reports.SelectMany(report => report.Harms).Select(harm => harm.Detail));
        Assert.Equal(at.Server.Reports.Select(report => report.Sequence).Order().Distinct(), at.Server.Reports.Select(report => report.Sequence));
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task A_clock_that_is_far_off_is_shown_and_does_not_keep_the_device_from_reporting(int daysAhead)
    {
        using AgentAtWork at = new();
        at.Server.ClockAhead = TimeSpan.FromDays(-daysAhead);
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Server.Reports.Count > 0, "a report");
        Assert.Contains(at.Journal.Troubles, trouble => trouble.Contains(daysAhead > 0 ? "ahead of the server" : "behind the server", StringComparison.Ordinal));
        Assert.Equal(daysAhead, Math.Round(at.Journal.ClockAhead!.Value.TotalDays));

        // What it reports has its own time, so that people see it there, too.
        Assert.Equal(at.Clock.Now, DateTimeOffset.FromUnixTimeMilliseconds(at.Server.Reports[0].At), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_host_that_is_away_or_refuses_is_waited_for()
    {
        using AgentAtWork at = new();
        at.Host.Refuses = "not now";
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Journal.Troubles.Any(trouble => trouble.Contains("not now", StringComparison.Ordinal)), "the refusal is told");
        at.Host.Refuses = null;
        at.Publish(package: new byte[1000]);
        await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it goes on");
    }

    [Fact]
    public async Task A_device_that_was_moved_goes_there_by_itself_as_soon_as_its_host_believes_the_signature()
    {
        using AgentAtWork at = new();
        using (AgentRun run = at.NewRun())
        {
            await at.StepUntilAsync(run, () => at.Server.Reports.Count > 0, "a report");
            Assert.Equal("canary", at.Host.Identity!.Ring);

            // The server says so with the next session, which is at most an hour of the rollout away. A host that does not believe it stays, and reports go all the same.
            (at.Server.Ring, at.Server.Place) = ("broad", "c2lnbmVk");
            int before = at.Server.Reports.Count;
            await at.StepUntilAsync(run, () => at.Journal.Troubles.Any(trouble => trouble.Contains("signed by nobody", StringComparison.Ordinal)), "the refusal is told");
            Assert.True(at.Server.Reports.Count <= before + 13, $"{at.Server.Reports.Count - before} reports until it asked");
            Assert.Equal("canary", Enrolled.Read(at.State)!.Ring);
            before = at.Server.Reports.Count;
            await at.StepUntilAsync(run, () => at.Server.Reports.Count > before, "reports go on");

            at.Host.Rings["c2lnbmVk"] = "broad";
            await at.StepUntilAsync(run, () => at.Host.Identity!.Ring == "broad" && at.Journal.Troubles.Count == 0, "it moves");
            Assert.Equal("broad", Enrolled.Read(at.State)!.Ring);
            Assert.Equal("broad", JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(at.State, AgentStatus.FileName)), AgentStatusJson.Default.AgentStatus)!.Ring);
        }

        using AgentRun next = at.NewRun();
        at.Publish(package: new byte[1000]);
        await at.StepUntilAsync(next, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it goes on after a restart");
    }

    [Fact]
    public async Task An_agent_that_died_between_its_host_s_move_and_its_own_catches_up()
    {
        using AgentAtWork at = new();
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Server.Reports.Count > 0, "a report");
        byte[] before = File.ReadAllBytes(Path.Combine(at.State, "enrolled.json"));
        (at.Server.Ring, at.Server.Place, at.Host.Rings["c2lnbmVk"]) = ("broad", "c2lnbmVk", "broad");
        await at.StepUntilAsync(run, () => at.Host.Identity!.Ring == "broad", "it moves");

        File.WriteAllBytes(Path.Combine(at.State, "enrolled.json"), before);
        using AgentRun next = at.NewRun();
        at.Publish(package: new byte[1000]);
        await at.StepUntilAsync(next, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it catches up");
        Assert.Equal("broad", Enrolled.Read(at.State)!.Ring);
    }

    [Fact]
    public async Task A_move_that_nobody_signed_has_to_be_enrolled_anew()
    {
        using AgentAtWork at = new();
        at.Server.Ring = "broad";
        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Server.Reports.Count > 0, "a report");
        Assert.Contains(at.Journal.Troubles, trouble => trouble.Contains("enrol --reset", StringComparison.Ordinal));
        Assert.Equal("canary", at.Host.Identity!.Ring);
    }

    [Fact]
    public async Task One_report_that_the_server_cannot_read_holds_up_no_other()
    {
        using AgentAtWork at = new();
        at.Server.Unreadable = report => report.Harms.Any(harm => harm.Detail == "2");
        for (int i = 0; i < 6; i++)
        {
            at.Host.Happened($"{i}");
        }

        using AgentRun run = at.NewRun();
        await at.StepUntilAsync(run, () => at.Server.Reports.SelectMany(report => report.Harms).Count() == 4, "the others came");
        Assert.Equal(["0", "1", "4", "5"], at.Server.Reports.SelectMany(report => report.Harms).Select(harm => harm.Detail));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_nothing_half_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it mounts a small filesystem");
        string small = Directory.CreateTempSubdirectory("ringwall-small-").FullName;
        Shell.Must("mount", "-t", "tmpfs", "-o", "size=1m", "ringwall-agent-test", small);
        try
        {
            using AgentAtWork at = new(state: small);
            at.Publish(package: RandomNumberGenerator.GetBytes(3_000_000));
            using AgentRun run = at.NewRun();
            await at.StepUntilAsync(run, () => at.Journal.Troubles.Any(trouble => trouble.Contains("No space", StringComparison.OrdinalIgnoreCase)), "the full disk is told");
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(small, "spool", "packages")));
            Assert.Empty(at.Host.Installed);

            // Reports still go, and a package that fits still comes.
            at.Host.Happened("it went wrong");
            await at.StepUntilAsync(run, () => at.Server.Reports.Any(report => report.Harms.Count > 0), "a report");
            at.Host.Wanted.Clear();
            at.Publish("acme/marker/content-6.tar.gz", new byte[10_000]);
            await at.StepUntilAsync(run, () => at.Host.Installed.Count == 1 && at.Journal.Troubles.Count == 0, "it goes on");
        }
        finally
        {
            Shell.Must("umount", "-l", small);
            Directory.Delete(small);
        }
    }
}

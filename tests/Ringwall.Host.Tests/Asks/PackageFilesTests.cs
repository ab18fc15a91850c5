using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using static Ringwall.Host.Decide.AskCounters;

namespace Ringwall.Host.Tests.Asks;

/// <summary>What a sensor that errs about packages' files can do, on the real kernel.</summary>
[Collection("kernel")]
public sealed class PackageFilesTests
{
    [Fact]
    public void A_denial_of_what_a_package_owns_is_not_applied_while_the_digest_matches()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string library = root.Write("usr/lib/libc.so.6", "the C library");
        string changed = root.Write("usr/lib/libm.so.6", "something else");
        root.Owns("libc6:amd64", ("usr/lib/libc.so.6", "the C library"), ("usr/lib/libm.so.6", "the maths library"));
        using Guard guard = new(mount, set: root.Set);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Deny);
        Assert.Equal("error 1", Hand.Do("open", library));      // the control: the database is not read yet
        root.Set.Packages.Refresh();
        using CheckThread checks = Checks(guard);

        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal("ok", Hand.Do("open", library));
            Assert.Equal("error 1", Hand.Do("open", changed));
            Assert.Equal(i, sensor.Seat.Counters.Advisory);
        }
    }

    [Fact]
    public void What_a_package_owns_no_more_or_anybody_can_write_is_denied()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string tool = root.Write("usr/bin/tool", "a tool");
        root.Owns("tools", ("usr/bin/tool", "a tool"));
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, set: root.Set);
        guard.Seat("one", _ => Said.Deny);
        using CheckThread checks = Checks(guard);
        Assert.Equal("ok", Hand.Do("open", tool));

        File.SetUnixFileMode(tool, (UnixFileMode)0x1FF);
        Assert.Equal("error 1", Hand.Do("open", tool));
        File.SetUnixFileMode(tool, (UnixFileMode)0x1ED);
        Assert.Equal("ok", Hand.Do("open", tool));

        File.Delete(root["var/lib/dpkg/info/tools.md5sums"]);
        root.Status("removed");
        root.Set.Packages.Refresh();
        Assert.Equal("error 1", Hand.Do("open", tool));
    }

    [Fact]
    public void An_upgraded_file_is_protected_before_the_database_is_read_anew()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string tool = root.Write("usr/bin/tool", "version 1");
        root.Owns("tools", ("usr/bin/tool", "version 1"));
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, set: root.Set);
        guard.Seat("one", _ => Said.Deny);
        using CheckThread checks = Checks(guard);
        Assert.Equal("ok", Hand.Do("open", tool));

        File.Move(root.Write("usr/bin/tool.dpkg-new", "version 2"), tool, overwrite: true);
        Assert.Equal("error 1", Hand.Do("open", tool));
        File.Move(root.Write("usr/bin/tool.dpkg-new", "version 3"), tool, overwrite: true);
        root.Owns("tools", ("usr/bin/tool", "version 3"));
        Assert.Equal("ok", Hand.Do("open", tool));
    }

    [Fact]
    public void Until_the_file_has_been_looked_at_the_ask_stays_open_and_no_longer_than_its_deadline()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string tool = root.Write("usr/bin/tool", "a tool");
        string changed = root.Write("usr/bin/changed", "something else");
        root.Owns("tools", ("usr/bin/tool", "a tool"), ("usr/bin/changed", "a tool"));
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000), set: root.Set);
        guard.Seat("hasty", _ => Said.Deny);
        ScriptedSensor careful = guard.Seat("careful", _ => null);

        // The careful one allows while the file has still not been looked at; then it is, and that is the end of the matter.
        using Hand owned = Hand.Start("open", tool);
        using Hand other = Hand.Start("open", changed);
        guard.Await(() => careful.Asked.Count == 2, "both are asked");
        foreach (Seen ask in careful.Asked)
        {
            careful.SendVerdict(ask.Ticket, Said.Allow);
        }

        guard.Await(() => careful.Seat.Counters.Answered == 2, "the careful one is heard");
        Assert.Equal(2, guard.Loop.InFlight);
        using CheckThread checks = Checks(guard);
        Assert.Equal("ok", owned.Finish());
        Assert.Equal("error 1", other.Finish());
    }

    [Fact]
    public void A_file_that_takes_too_long_to_look_at_gets_the_fallback_and_the_next_time_its_due()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string tool = root.Write("usr/bin/tool", "a tool");
        root.Owns("tools", ("usr/bin/tool", "a tool"));
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 4_000), set: root.Set);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Deny);

        Assert.Equal("error 1", Hand.Do("open", tool));     // nobody looks yet
        guard.Await(() => guard.Counters[Answer.Overdue] == 1, "the deadline is counted");
        Assert.Equal(0, sensor.Seat.Counters.MissedDeadlines);
        using CheckThread checks = Checks(guard);
        guard.Await(() => Hand.Do("open", tool) == "ok", "what was found out counts");
    }

    [Fact]
    public void A_sensor_that_dies_meanwhile_takes_nothing_back()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string tool = root.Write("usr/bin/tool", "a tool");
        string changed = root.Write("usr/bin/changed", "something else");
        root.Owns("tools", ("usr/bin/tool", "a tool"), ("usr/bin/changed", "a tool"));
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000), set: root.Set);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Deny);

        using Hand owned = Hand.Start("open", tool);
        using Hand other = Hand.Start("open", changed);
        guard.Await(() => sensor.Seat.Counters.Denied == 2, "it denies");
        guard.Loop.Unseat(sensor.Seat);
        Assert.Equal(2, guard.Loop.InFlight);
        using CheckThread checks = Checks(guard);
        Assert.Equal("ok", owned.Finish());
        Assert.Equal("error 1", other.Finish());
    }

    [Fact]
    public void An_operator_can_take_a_packages_file_out()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string tool = root.Write("usr/bin/tool", "a tool");
        string other = root.Write("usr/bin/other", "another");
        root.Owns("tools", ("usr/bin/tool", "a tool"), ("usr/bin/other", "another"));
        root.Set.Packages.Refresh();
        using ProtectionWatch watch = root.Watch(new ProtectConfiguration { Remove = [tool] });
        watch.Search();
        using Guard guard = new(mount, set: root.Set);
        guard.Seat("one", _ => Said.Deny);
        using CheckThread checks = Checks(guard);
        Assert.Equal("error 1", Hand.Do("open", tool));
        Assert.Equal("ok", Hand.Do("open", other));
    }

    [Fact]
    public void More_denials_at_once_than_can_be_looked_at_are_all_answered()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        const int Count = 300;
        for (int i = 0; i < Count; i++)
        {
            root.Write($"bulk/{i}", "x");
        }

        root.Owns("bulk", [.. Enumerable.Range(0, Count).Select(i => ($"bulk/{i}", "x"))]);
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 20_000), set: root.Set);
        guard.Seat("one", _ => Said.Deny);
        using CheckThread checks = Checks(guard);
        Assert.Equal($"{Count} allowed, 0 refused, 0 other", Hand.Do("many-files", mount["bulk"], $"{Count}"));
        guard.Await(() => guard.Loop.InFlight == 0, "nothing is left over");
        Assert.Equal(Count, guard.Counters[Answer.Advisory]);
    }

    private static CheckThread Checks(Guard guard)
    {
        CheckThread checks = new(guard.Context.Protected.Checks, guard.Context.Protected.Packages, guard.Context.Blocks, guard.Loop.HearChecked);
        checks.Start();
        return checks;
    }
}

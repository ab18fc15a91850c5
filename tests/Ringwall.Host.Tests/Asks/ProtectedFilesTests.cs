using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using static Ringwall.Host.Decide.AskCounters;

namespace Ringwall.Host.Tests.Asks;

/// <summary>What a sensor that errs about the system can do to it, on the real kernel, with a small system of the test's own.</summary>
[Collection("kernel")]
public sealed class ProtectedFilesTests
{
    [Fact]
    public void A_denial_of_the_shell_is_recorded_and_not_applied()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        string bad = mount.Write("bad", "evil");
        DenialRing ring = new();
        using Guard guard = new(mount, denials: ring);
        ScriptedSensor sensor = guard.Seat("one", _ => new Said(Verdict.Deny, Cacheable: true));
        Assert.Equal("error 1", Hand.Do("open", shell));     // the control: nothing is protected yet

        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal("ok", Hand.Do("open", shell));
            Assert.Equal("error 1", Hand.Do("open", bad));
            guard.Await(() => sensor.Seat.Counters.Advisory == i && guard.Counters[Answer.Advisory] == i, "it is counted, and asked anew each time");
        }

        // What was decided is written down with who wanted it, and why it was not done.
        string directory = mount["findings"];
        Directory.CreateDirectory(directory);
        using (FindingLog log = new(new FindingFile(directory), new Machine("h", "k", 0, "1"), TimeProvider.System, ring))
        {
            guard.Await(() => log.Figures.Written >= 4, "the findings are written");
        }

        string[] lines = [.. File.ReadAllLines(Path.Combine(directory, "findings.jsonl")).Where(line => line.Contains("not_applied", StringComparison.Ordinal))];
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Contains($"\"not_applied\":\"it is protected: a shell ({shell})\"", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("one (engine unknown, content unknown, generation 1) wanted to deny opening", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_others_still_have_their_say_about_a_file_that_one_may_not_deny()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000));
        guard.Seat("hasty", _ => Said.Deny);
        ScriptedSensor careful = guard.Seat("careful", _ => null);
        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();

        using Hand hand = Hand.Start("open", shell);
        guard.Await(() => guard.Counters[Answer.Advisory] == 1 && careful.Asked.Count == 1, "the first has spoken");
        Assert.Equal(1, guard.Loop.InFlight);
        careful.SendVerdict(careful.Asked.First().Ticket, Said.Allow);
        Assert.Equal("ok", hand.Finish());
    }

    [Fact]
    public void A_silent_sensor_does_not_close_the_shell_of_a_machine_that_fails_closed()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        string other = mount.Write("other", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 150));
        guard.Seat("silent", _ => null);
        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();

        Assert.Equal("ok", Hand.Do("open", shell));
        Assert.Equal("error 1", Hand.Do("open", other));
    }

    [Fact]
    public void What_was_remembered_as_denied_is_asked_anew_once_it_is_protected()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", _ => new Said(Verdict.Deny, Cacheable: true));
        Assert.Equal("error 1", Hand.Do("open", shell));
        Assert.Equal("error 1", Hand.Do("open", shell));
        Assert.Single(sensor.Asked);    // the control: it was remembered

        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();
        Assert.Equal("ok", Hand.Do("open", shell));
        Assert.Equal(2, sensor.Asked.Count);
    }

    [Fact]
    public void A_file_is_protected_under_each_of_its_names_and_as_soon_as_it_takes_anothers_place()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        using Guard guard = new(mount);
        guard.Seat("one", _ => Said.Deny);
        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();

        TestMount.Run("ln", shell, mount["elsewhere"]);
        Assert.Equal("ok", Hand.Do("open", mount["elsewhere"]));

        // As a package upgrade does it; nobody has looked since.
        string next = System(mount, "usr/bin/sh.dpkg-new");
        Assert.Equal("error 1", Hand.Do("open", next));
        File.Move(next, shell, overwrite: true);
        Assert.Equal("ok", Hand.Do("open", shell));

        // The one before is the shell by nothing but what was last seen.
        watch.Search();
        Assert.Equal("error 1", Hand.Do("open", mount["elsewhere"]));
    }

    [Fact]
    public void What_anybody_can_write_is_not_the_systems()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        using Guard guard = new(mount);
        guard.Seat("one", _ => Said.Deny);
        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();
        Assert.Equal("ok", Hand.Do("open", shell));

        File.SetUnixFileMode(shell, (UnixFileMode)0x1FF);
        Assert.Equal("error 1", Hand.Do("open", shell));
    }

    [Fact]
    public void Operators_widen_and_narrow_the_set()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        string bash = System(mount, "usr/bin/bash");
        Directory.CreateDirectory(mount["srv/app"]);
        string added = mount.Write("srv/app/program", "x", owner: 1000);
        using Guard guard = new(mount);
        guard.Seat("one", _ => Said.Deny);
        List<string> said = [];
        using ProtectionWatch watch = Watch(mount, guard, new ProtectConfiguration { Add = [mount["srv"]], Remove = [bash] }, said);
        watch.Start();
        Assert.True(watch.AwaitFirst(TimeSpan.FromSeconds(60)));

        Assert.Equal("ok", Hand.Do("open", shell));
        Assert.Equal("error 1", Hand.Do("open", bash));
        Assert.Equal("ok", Hand.Do("open", added));
        Assert.Contains(bash, Assert.Single(said), StringComparison.Ordinal);

        // The same files are what the keeper allows while there is no host.
        Assert.True(Kernel.Files.OpenFile.TryStat(shell, out Kernel.Files.FileState state));
        Assert.Contains((state.Identity.Device, state.Identity.Inode), guard.Context.Protected.Table.Keys);
    }

    [Fact]
    public void The_machine_that_this_runs_on_is_protected_where_it_matters()
    {
        ProtectedSet set = new();
        using ProtectionWatch watch = new(new ProtectionSources { KernelRelease = File.ReadAllText("/proc/sys/kernel/osrelease").Trim() }, set, Assert.Fail);
        watch.Search();
        foreach (string path in (string[])["/bin/sh", "/usr/bin/dpkg", "/bin/su", "/bin/login", "/etc/passwd", "/bin/mount", Host.Sandboxes.SharedLibraries.Loader])
        {
            if (File.Exists(path))
            {
                Assert.True(Kernel.Files.OpenFile.TryStat(path, out Kernel.Files.FileState state));
                Assert.True(set.TryFind(state, [], out _), $"{path} is not protected");
            }
        }

        Assert.True(Kernel.Files.OpenFile.TryStat(Environment.ProcessPath!, out Kernel.Files.FileState test));
        Assert.False(set.TryFind(test, [], out _));
    }

    [Fact]
    public void Recording_a_denial_that_is_not_applied_allocates_nothing()
    {
        using TestMount mount = TestMount.Tmpfs();
        string shell = System(mount, "usr/bin/sh");
        string other = mount.Write("other", "x");
        using Guard guard = new(mount);
        guard.Seat("one", seen => seen.Path == shell ? Said.Deny : Said.Allow);
        using ProtectionWatch watch = Watch(mount, guard);
        watch.Search();
        long Round(string path)
        {
            long before = guard.Loop.AllocatedBytes();
            for (int i = 0; i < 30; i++)
            {
                Assert.Equal("ok", Hand.Do("open", path));
            }

            return guard.Loop.AllocatedBytes() - before;
        }

        _ = Round(shell);
        _ = Round(other);

        // The runtime may use the thread once for work of its own; what allocates does so in every attempt.
        int rounds = 1;
        long more = long.MaxValue;
        for (; rounds < 6 && more != 0; rounds++)
        {
            more = Round(shell) - Round(other);
        }

        Assert.Equal(0, more);
        Assert.Equal(30 * rounds, guard.Counters[Answer.Advisory]);
    }

    private static string System(TestMount mount, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(mount[path])!);
        return mount.Write(path, "harmless", mode: 0x1ED);
    }

    private static ProtectionWatch Watch(TestMount mount, Guard guard, ProtectConfiguration? configured = null, List<string>? said = null) => new(
        new ProtectionSources { Root = mount.Point, KernelRelease = "6.1", Configured = configured ?? new() },
        guard.Context.Protected,
        said is null ? Assert.Fail : said.Add);
}

using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Intake.Tells;
using static Ringwall.Host.Decide.AskCounters;

namespace Ringwall.Host.Tests.Asks;

/// <summary>A remembered verdict never outlives the bytes that it was given for, whichever way they change.</summary>
[Collection("kernel")]
public sealed class RememberedTests
{
    private const int User = 1000;

    /// <summary>What somebody does to the file; each ends with the file's bytes, or who can change them, not being what they were.</summary>
    public static TheoryData<string> Changes =>
    [
        "write", "truncate", "mapping made before", "mapping made after", "mapping read before", "fallocate", "punch", "copy-range",
        "rename over", "write through hard link", "io_uring", "write through bind mount", "writer still open",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_file_that_others_can_write_is_asked_about_again_on_tmpfs(string change)
    {
        using TestMount mount = TestMount.Tmpfs();
        AskedAgain(mount, change, User);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_file_that_others_can_write_is_asked_about_again_on_ext4(string change)
    {
        using TestMount mount = TestMount.Ext4();
        AskedAgain(mount, change, User);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("truncate")]
    [InlineData("fallocate")]
    [InlineData("copy-range")]
    [InlineData("rename over")]
    [InlineData("write through hard link")]
    [InlineData("io_uring")]
    public void A_file_that_root_alone_can_write_is_asked_about_again_too(string change)
    {
        using TestMount mount = TestMount.Tmpfs();
        AskedAgain(mount, change, owner: 0);
    }

    [Fact]
    public void A_file_that_root_alone_can_write_is_remembered_by_the_kernel()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);

        Assert.Equal("ok", Hand.Do("open", file));
        guard.Await(() => guard.Counters[Answer.KernelRemembered] == 1, "the kernel was told");
        long before = guard.Counters[Answer.Remembered];
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        Assert.Single(sensor.Asked);
        Assert.Equal(before, guard.Counters[Answer.Remembered]);     // not even the host was asked
    }

    [Fact]
    public void A_file_that_others_can_write_is_remembered_by_the_host_only()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x", owner: User);
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);

        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        Assert.Single(sensor.Asked);
        Assert.Equal(5, guard.Counters[Answer.Remembered]);
        Assert.Equal(0, guard.Counters[Answer.KernelRemembered]);
    }

    [Fact]
    public void A_remembered_denial_is_given_again()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x", owner: User);
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", _ => new Said(Verdict.Deny, Cacheable: true));

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("error 1", Hand.Do("open", file));
        }

        Assert.Single(sensor.Asked);
        Assert.Equal("ok", Hand.DoAs(User, "truncate", file, "9"));
        Assert.Equal("error 1", Hand.Do("open", file));
        Assert.Equal(2, sensor.Asked.Count);
    }

    [Fact]
    public void A_verdict_that_one_sensor_would_not_have_remembered_is_not()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        guard.Seat("one", _ => Said.AllowCacheable);
        ScriptedSensor careful = guard.Seat("two", _ => Said.Allow);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        Assert.Equal(3, careful.Asked.Count);
    }

    [Fact]
    public void A_sensor_that_has_long_let_nothing_be_remembered_may_change_its_mind()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x", owner: User);
        using Guard guard = new(mount);
        bool cacheable = false;
        ScriptedSensor sensor = guard.Seat("one", _ => new Said(Verdict.Allow, Volatile.Read(ref cacheable)));
        for (int i = 0; i < 70; i++)
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        Assert.Equal(70, sensor.Asked.Count);
        Volatile.Write(ref cacheable, true);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        // The first such verdict is not remembered, as nothing was prepared for it; the second is.
        Assert.Equal(72, sensor.Asked.Count);
    }

    [Fact]
    public void A_change_of_sensors_drops_everything()
    {
        using TestMount mount = TestMount.Tmpfs();
        string byKernel = mount.Write("kernel", "x");
        string byHost = mount.Write("host", "x", owner: User);
        using Guard guard = new(mount);
        ScriptedSensor first = guard.Seat("one", _ => Said.AllowCacheable);
        void OpenBoth()
        {
            Assert.Equal("ok", Hand.Do("open", byKernel));
            Assert.Equal("ok", Hand.Do("open", byHost));
        }

        OpenBoth();
        OpenBoth();
        Assert.Equal(2, first.Asked.Count);
        ScriptedSensor second = guard.Seat("two", _ => Said.AllowCacheable);
        OpenBoth();
        Assert.Equal(4, first.Asked.Count);
        Assert.Equal(2, second.Asked.Count);
        guard.Loop.AskToDropAll();      // as a change of a file does
        guard.Settle();
        OpenBoth();
        Assert.Equal(6, first.Asked.Count);
    }

    [Fact]
    public void Nothing_on_an_overlay_is_remembered_because_its_lower_files_can_change_beneath_it()
    {
        using TestMount mount = TestMount.Tmpfs();
        foreach (string name in (string[])["lower", "upper", "work", "merged"])
        {
            Directory.CreateDirectory(mount[name]);
        }

        string lower = mount.Write("lower/file", "x", owner: User);
        TestMount.Run("mount", "-t", "overlay", "-o", $"lowerdir={mount["lower"]},upperdir={mount["upper"]},workdir={mount["work"]}", "overlay", mount["merged"]);
        try
        {
            using TestMount overlay = TestMount.Existing(mount["merged"]);
            using Guard guard = new(overlay);
            ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);
            Assert.Equal("ok", Hand.Do("open", overlay["file"]));
            using Hand mapping = Hand.Start("-u", $"{User}", "map", lower);
            Assert.Equal("ok", mapping.Hear());
            Assert.Equal("ok", mapping.Say("store"));
            Assert.Equal("ok", Hand.Do("open", overlay["file"]));
            Assert.Equal(2, sensor.CountFor(overlay["file"]));
        }
        finally
        {
            TestMount.Run("umount", "-l", mount["merged"]);
        }
    }

    [Fact]
    public void A_chmod_that_makes_a_file_writable_takes_it_out_of_the_kernels_memory()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        using FileTells events = guard.WatchFiles();
        ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);

        int asked = Remembered(guard, sensor, file);
        Assert.Equal("ok", Hand.Do("chmod", file, "666"));
        guard.Await(() => guard.Loop.Kernel.Marks == 0, "the marks are dropped");
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.Equal(asked + 1, sensor.Asked.Count);

        // From now on the host checks it each time, also against a store that no event tells of.
        using Hand mapping = Hand.Start("-u", $"{User}", "map", file);
        Assert.Equal("ok", mapping.Hear());
        int before = sensor.Asked.Count;
        Assert.Equal("ok", mapping.Say("store"));
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.Equal(before + 1, sensor.Asked.Count);
    }

    [Fact]
    public void A_store_by_root_through_a_mapping_is_noticed_when_the_mapping_ends()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        using FileTells events = guard.WatchFiles();
        ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);

        _ = Remembered(guard, sensor, file);
        using (Hand mapping = Hand.Start("map", file))
        {
            Assert.Equal("ok", mapping.Hear());
            Assert.Equal("ok", mapping.Say("store"));
            Assert.Equal("ok", mapping.Say("end"));
            _ = mapping.Hear();
        }

        guard.Await(() => guard.Loop.Kernel.Marks == 0, "the marks are dropped");
        int asked = sensor.Asked.Count;
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.Equal(asked + 1, sensor.Asked.Count);
    }

    [Fact]
    public void What_was_silenced_outside_the_scope_is_asked_about_once_it_is_moved_or_linked_into_it()
    {
        using TestMount mount = TestMount.Tmpfs();
        Directory.CreateDirectory(mount["guarded"]);
        Directory.CreateDirectory(mount["tree"]);
        string moved = mount.Write("moved", "x");
        string linked = mount.Write("linked", "x");
        string inTree = mount.Write("tree/file", "x");
        using Guard guard = new(mount, scope: mount["guarded"]);
        using FileTells events = guard.WatchFiles();
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Allow);
        foreach (string file in (string[])[moved, linked, inTree])
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        Assert.Empty(sensor.Asked);
        foreach ((string verb, string from, string to, string file) in ((string, string, string, string)[])
            [
                ("rename", moved, "guarded/moved", "guarded/moved"),
                ("link", linked, "guarded/linked", "guarded/linked"),
                ("rename", mount["tree"], "guarded/tree", "guarded/tree/file"),
            ])
        {
            // What somebody else unmounts, or a late word of the last change, drops the marks.
            guard.Await(
                () =>
                {
                    Assert.Equal("ok", Hand.Do("open", from == mount["tree"] ? inTree : from));
                    guard.Settle();
                    return guard.Loop.Kernel.Marks > 0;
                },
                "it is silenced");
            Assert.Equal("ok", Hand.Do(verb, from, mount[to]));
            guard.Await(() => guard.Loop.Kernel.Marks == 0, $"the marks are dropped after {verb} to {to}");
            Assert.Equal("ok", Hand.Do("open", mount[file]));
            Assert.Equal(1, sensor.CountFor(mount[file]));
        }
    }

    // Opens the file until the kernel remembers it: whatever is unmounted anywhere drops all that was remembered. Gives how often the sensor was asked.
    private static int Remembered(Guard guard, ScriptedSensor sensor, string file)
    {
        int asked = 0;
        guard.Await(
            () =>
            {
                asked = sensor.Asked.Count;
                Assert.Equal("ok", Hand.Do("open", file));
                guard.Settle();
                return asked > 0 && sensor.Asked.Count == asked && guard.Loop.Kernel.Marks > 0;
            },
            "it is remembered");
        return asked;
    }

    private static void AskedAgain(TestMount mount, string change, int owner)
    {
        string file = mount.Write("file", "0123456789abcdef0123456789abcdef", owner, mode: owner == 0 ? 0x1A4 : 0x1B6);
        string other = mount.Write("other", "fedcba9876543210fedcba9876543210", owner);
        string[] who = owner == 0 ? [] : ["-u", $"{owner}"];
        using Hand? before = change.StartsWith("mapping", StringComparison.Ordinal) && change.EndsWith("before", StringComparison.Ordinal)
            ? Hand.Start([.. who, "map", file])
            : null;
        Assert.True(before is null || before.Hear() == "ok");
        if (change == "mapping read before")
        {
            Assert.Equal("ok", before!.Say("read"));
        }

        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ok", Hand.Do("open", file));
        }

        // The control: unchanged and without a writer it was asked about once; with a writer it may not be remembered at all.
        Assert.Equal(before is null ? 1 : 3, sensor.CountFor(file));
        int asked = sensor.CountFor(file);
        using Hand? holder = Change(mount, change, file, other, who, before);
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.True(sensor.CountFor(file) > asked, $"after {change} the remembered verdict was given again");
    }

    private static Hand? Change(TestMount mount, string change, string file, string other, string[] who, Hand? before)
    {
        string Do(params string[] what) => Hand.Do([.. who, .. what]);
        switch (change)
        {
            case "write": Assert.Equal("ok", Do("write", file, "y")); return null;
            case "truncate": Assert.Equal("ok", Do("truncate", file, "7")); return null;
            case "fallocate": Assert.True(Do("fallocate", file) is "ok" or "error 95"); return Fallback(file, who);
            case "punch": Assert.Equal("ok", Do("punch", file)); return null;
            case "copy-range": Assert.Equal("ok", Do("copy-range", file, other)); return null;
            case "rename over": Assert.Equal("ok", Do("rename", other, file)); return null;
            case "io_uring": return UringOrWrite(file, who);
            case "write through hard link":
                Assert.Equal("ok", Hand.Do("link", file, mount["link"]));
                Assert.Equal("ok", Do("write", mount["link"], "y"));
                return null;
            case "write through bind mount":
                Directory.CreateDirectory(mount["bind"]);
                TestMount.Run("mount", "--bind", mount.Point, mount["bind"]);
                Assert.Equal("ok", Do("write", mount["bind/file"], "y"));
                TestMount.Run("umount", "-l", mount["bind"]);
                return null;
            case "writer still open":
                Hand holder = Hand.Start([.. who, "hold", file]);
                Assert.Equal("ok", holder.Hear());
                return holder;
            case "mapping made after":
                Hand mapping = Hand.Start([.. who, "map", file]);
                Assert.Equal("ok", mapping.Hear());
                Assert.Equal("ok", mapping.Say("store"));
                return mapping;
            default:
                Assert.Equal("ok", before!.Say("store"));
                return null;
        }
    }

    // tmpfs has no FALLOC_FL_ZERO_RANGE on some kernels; the change is then made by allocating beyond the end.
    private static Hand? Fallback(string file, string[] who)
    {
        Assert.Equal("ok", Hand.Do([.. who, "truncate", file, "31"]));
        return null;
    }

    private static Hand? UringOrWrite(string file, string[] who)
    {
        string said = Hand.Do([.. who, "uring-write", file, "y"]);
        if (said is "error 38" or "error 1")
        {
            Assert.Skip("needs io_uring (kernel.io_uring_disabled)");
        }

        Assert.Equal("ok", said);
        return null;
    }
}

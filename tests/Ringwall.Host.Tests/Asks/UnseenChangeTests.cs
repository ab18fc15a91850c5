using System.Diagnostics;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Tests.Asks;

/// <summary>What somebody does who knows how verdicts are remembered and how files are found to be out of scope.</summary>
[Collection("kernel")]
public sealed class UnseenChangeTests
{
    private const int User = 1000;

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public void A_store_through_an_older_mapping_while_the_sensor_judges_is_not_covered_by_its_verdict(string type)
    {
        using TestMount mount = type == "tmpfs" ? TestMount.Tmpfs() : TestMount.Ext4();
        string file = mount.Write("file", "good", User, mode: 0x1B6);
        using Hand mapping = Hand.Start("-u", $"{User}", "map", file);
        Assert.Equal("ok", mapping.Hear());
        Assert.Equal("ok", mapping.Say("store"));    // the page is writable and dirty: further stores move no time
        Rest();
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000));
        bool first = true;
        ScriptedSensor sensor = guard.Seat("one", asked =>
        {
            if (first)
            {
                first = false;
                _ = mapping.Say("store");
                _ = mapping.Say("end");
                _ = mapping.Hear();
            }

            return Said.AllowCacheable;
        });

        Assert.Equal("ok", Hand.Do("open", file));
        Rest();
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.Equal(2, sensor.CountFor(file));
        Assert.Equal("ok", Hand.Do("open", file));      // the control: without a writer it is remembered
        Assert.Equal(2, sensor.CountFor(file));
    }

    [Fact]
    public void A_writer_that_comes_and_goes_while_the_sensor_judges_is_not_covered_by_its_verdict()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "#!/bin/true\n", User, mode: 0x1FF);
        AskPolicy patient = new(TimeSpan.FromSeconds(30), Fallback.Open);
        AskPolicy hasty = new(TimeSpan.FromMilliseconds(60), Fallback.Open);
        using Guard guard = new(mount, new AskPolicies(patient, hasty));
        bool first = true;
        ScriptedSensor sensor = guard.Seat("one", seen =>
        {
            if (first && seen.Class == EventClass.Exec)
            {
                first = false;
                using Hand mapping = Hand.Start("-u", $"{User}", "map", file);      // its open gets the fallback, as this thread is busy
                Assert.Equal("ok", mapping.Hear());
                _ = mapping.Say("read");
                _ = mapping.Say("store");
                _ = mapping.Say("end");
                _ = mapping.Hear();
            }

            return Said.AllowCacheable;
        });
        int Executions() => sensor.Asked.Count(seen => seen.Class == EventClass.Exec && seen.Path == file);

        _ = Hand.Do("run", file);
        Assert.Equal(1, Executions());
        _ = Hand.Do("run", file);
        Assert.Equal(2, Executions());
    }

    [Fact]
    public void A_file_whose_path_is_too_long_to_be_told_is_asked_about()
    {
        using TestMount mount = TestMount.Tmpfs();
        Directory.CreateDirectory(mount["guarded"]);
        using Guard guard = new(mount, scope: mount["guarded"]);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Deny);
        const string Deep = "import os,sys\nos.chdir(sys.argv[1])\nfor i in range(int(sys.argv[2])):\n os.mkdir('d'*200)\n os.chdir('d'*200)\n"
            + "try:\n open('f','w').close()\n print('let through')\nexcept PermissionError:\n print('refused')\n";

        Assert.Equal("refused", Output("python3", "-c", Deep, Directory.CreateDirectory(mount["guarded/short"]).FullName, "2"));      // the control: a path that fits
        Assert.Equal("refused", Output("python3", "-c", Deep, Directory.CreateDirectory(mount["guarded/long"]).FullName, "25"));
        Assert.Equal(2, sensor.Asked.Count);
    }

    [Theory]
    [InlineData("a second name")]
    [InlineData("a bind mount in another namespace")]
    public void A_file_that_is_guarded_under_one_path_is_not_silenced_through_another(string way)
    {
        using TestMount mount = TestMount.Tmpfs();
        Directory.CreateDirectory(mount["guarded"]);
        Directory.CreateDirectory(mount["elsewhere"]);
        string file = mount.Write("guarded/file", "x", User);
        string control = mount.Write("elsewhere/control", "x", User);
        if (way == "a second name")
        {
            Assert.Equal("ok", Hand.Do("link", file, mount["elsewhere/file"]));
        }

        using Guard guard = new(mount, scope: mount["guarded"]);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Allow);
        if (way == "a second name")
        {
            Assert.Equal("ok", Hand.Do("open", mount["elsewhere/file"]));
        }
        else
        {
            string script = $"mount --bind {mount["guarded"]} {mount["elsewhere"]} && cat {mount["elsewhere/file"]} {mount["elsewhere/file"]}";
            Assert.Equal("xx", Output("unshare", "-m", "sh", "-c", script));
        }

        guard.Settle();
        Assert.Empty(sensor.Asked);
        Assert.Equal(0, guard.Loop.Kernel.Marks);
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.Equal(1, sensor.CountFor(file));
        Assert.Equal("ok", Hand.Do("open", control));
        guard.Await(() => guard.Loop.Kernel.Marks == 1, "the control: what is out of scope for certain is silenced, once it is answered");
    }

    [Fact]
    public void Silence_about_opens_does_not_keep_a_remembered_execution_alive()
    {
        using TestMount mount = TestMount.Tmpfs();
        Directory.CreateDirectory(mount["guarded"]);
        string tool = mount["tool"];
        File.Copy("/bin/true", tool);
        Rest();
        using Guard guard = new(mount, scope: mount["guarded"]);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.AllowCacheable);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ok", Hand.Do("run", tool));
            Assert.Equal("ok", Hand.Do("open", tool));
        }

        Assert.Equal(1, sensor.CountFor(tool));
        Assert.Equal("ok", Hand.Do("write", tool, "y"));
        _ = Hand.Do("run", tool);
        Assert.Equal(2, sensor.CountFor(tool));
    }

    [Fact]
    public void An_override_does_not_outlive_the_bytes_when_stores_leave_the_times_alone()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "good", User, mode: 0x1B6);
        using Guard guard = new(mount);
        guard.Seat("one", seen => seen.Path == file && seen.Pid != 0 ? Said.Deny : Said.Allow);
        Assert.Equal("error 1", Hand.Do("open", file));
        Assert.True(OpenFile.TryStat(file, out FileState state));
        guard.Context.Overrides.Replace([state.Identity]);
        Assert.Equal("ok", Hand.Do("open", file));

        // The sensor would deny the writer too; the override is what lets it in, and then it ends.
        Assert.Equal("error 1", Hand.Do("open-write", file));
        Assert.Equal("error 1", Hand.Do("open", file));
        guard.Context.Overrides.Replace([state.Identity], anew: state.Identity);
        Assert.Equal("ok", Hand.Do("open", file));
    }

    [Fact]
    public void An_operator_cannot_allow_a_file_that_somebody_may_be_changing()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "good", User, mode: 0x1B6);
        Overrides overrides = new();
        OverrideBook book = new(Directory.CreateDirectory(mount["state"]).FullName, overrides, () => { });
        using (Hand holder = Hand.Start("-u", $"{User}", "hold", file))
        {
            Assert.Equal("ok", holder.Hear());
            Assert.False(book.TryAllow(file, 0, null, out string refusal));
            Assert.Contains("open for writing", refusal, StringComparison.Ordinal);
            Assert.Empty(book.List());
        }

        Assert.True(book.TryAllow(file, 0, null, out _));
        Assert.True(OpenFile.TryStat(file, out FileState state));
        Assert.True(overrides.Holds(state.Identity));
    }

    private static void Rest() => Thread.Sleep(60);     // change times come to rest

    private static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string said = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60_000));
        return said.Trim();
    }
}

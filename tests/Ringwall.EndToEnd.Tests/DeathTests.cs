using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Ringwall.EndToEnd.Tests;

/// <summary>Whatever dies or stops, nobody hangs, the build goes on, and the guard comes back.</summary>
[Collection("guard")]
public sealed class DeathTests
{
    private const int Sources = 30;

    [Theory]
    [InlineData("host", "-KILL")]
    [InlineData("host", "-STOP")]
    [InlineData("keeper", "-KILL")]
    [InlineData("keeper", "-STOP")]
    [InlineData("yara", "-KILL")]
    [InlineData("yara", "-STOP")]
    [InlineData("sigma", "-KILL")]
    [InlineData("sigma", "-STOP")]
    public async Task A_build_on_the_guarded_filesystem_succeeds_whoever_is_hit_in_its_middle(string who, string signal)
    {
        using Installed installed = new(deadlineMs: 2_000);
        string bad = installed.Eicar("bad");
        string hit = Path.Combine(Path.GetDirectoryName(installed.Mount)!, "hit");
        WriteProject(installed.Mount, hit);
        Seen before = installed.Status()!;
        int victim = PidOf(before, who);

        // One of its jobs waits in its middle until somebody is hit; the others go on.
        Task<(int Exit, string Out, string Error)> build = Task.Run(() => Shell.Run("make", "-C", installed.Mount, "-j3"));
        Shell.Await(() => File.Exists($"{hit}.awaited"), "the build has come to its middle", installed.Log);
        Assert.False(build.IsCompleted, "the build was over before anybody was hit, so this proves nothing");
        Shell.Must("kill", signal, victim.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(hit, "");

        (int exit, string said, string complained) = await build;
        Assert.True(exit == 0, $"the build failed: {complained}{said}{installed.Log()}");
        Assert.Equal("42", Shell.Must(installed["program"]).Trim());

        // Something waits, so that a stopped host is noticed; and then all is as before, by another process.
        Shell.Await(() => !Installed.CanOpen(bad), "the guard is back", installed.Log);
        Shell.Await(
            () => installed.Status() is { } now && PidOf(now, who) is var pid && pid != victim && pid != 0 && now.Sensors.All(sensor => sensor.State == "running"),
            $"another {who} runs", installed.Log);
    }

    [Theory]
    [InlineData("-KILL")]
    [InlineData("-STOP")]
    public void A_closed_machine_stays_closed_while_its_host_is_away(string signal)
    {
        using Installed installed = new(fallback: "closed");
        string bad = installed.Eicar("bad");
        Seen before = installed.Status()!;
        Shell.Must("kill", signal, before.Host.ToString(CultureInfo.InvariantCulture));

        // Until the next host's sensors judge, the answer is the policy's: never open. None of these opens may hang either.
        for (int i = 0; i < 10; i++)
        {
            Assert.False(Installed.CanOpen(bad), "an open was allowed by nobody's policy");
        }

        Shell.Await(() => installed.Status() is { Host: var now } status && now != before.Host && status.Sensors.All(sensor => sensor.State == "running"), "another host runs", installed.Log);
        string good = installed["good"];
        File.WriteAllText(good, "harmless");
        Shell.Await(() => Installed.CanOpen(good), "what is harmless is allowed again", installed.Log);
    }

    [Fact]
    public async Task A_new_keeper_answers_nothing_that_the_living_host_was_asked()
    {
        // On a closed machine whoever answers in the sensors' place denies, also what is harmless.
        using Installed installed = new(fallback: "closed");
        Task<string>[] readers = [.. Enumerable.Range(0, 2).Select(number => Task.Run(() => Shell.Must(
            "/bin/sh", "-c", $"cd {installed.Mount}; while [ ! -e stop ]; do date +%N >file{number} || echo refused; true <file{number} || echo refused; done 2>/dev/null; echo stopped")))];
        for (int killed = 0; killed < 3; killed++)
        {
            int keeper = installed.Status()!.Keeper;
            Shell.Must("kill", "-KILL", keeper.ToString(CultureInfo.InvariantCulture));
            Shell.Await(() => installed.Status() is { Keeper: var now } && now != keeper && now != 0, "another keeper watches", installed.Log);
        }

        File.WriteAllText(installed["stop"], "");
        Assert.Equal(["stopped\n", "stopped\n"], await Task.WhenAll(readers));
    }

    [Fact]
    public void A_hand_over_to_a_stopped_keeper_is_refused_and_the_host_goes_on()
    {
        using Installed installed = new();
        string bad = installed.Eicar("bad");
        Seen before = installed.Status()!;
        // Over a connection that is there already: a host waits only seconds for its keeper to move, and a slow machine may need those to start a program.
        using Socket line = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        line.Connect(new UnixDomainSocketEndPoint(installed.ControlSocket));
        Shell.Must("kill", "-STOP", before.Keeper.ToString(CultureInfo.InvariantCulture));
        line.Send("{\"do\":\"hand-over\"}\n"u8);
        using StreamReader reader = new(new NetworkStream(line));
        string said = reader.ReadLine()!;
        Assert.Contains("\"error\"", said, StringComparison.Ordinal);
        Assert.Contains($"the keeper ({before.Keeper}) did not answer", said, StringComparison.Ordinal);
        Assert.False(Installed.CanOpen(bad));
        Seen after = installed.Status()!;
        Assert.Equal(before.Host, after.Host);
        Assert.NotEqual(before.Keeper, after.Keeper);

        Assert.Equal(0, installed.Ringwall("hand-over").Exit);
        Shell.Await(() => installed.Status() is { Host: var now } status && now != before.Host && status.Sensors.All(sensor => sensor.State == "running"), "the next host runs", installed.Log);
        Assert.False(Installed.CanOpen(bad));
    }

    [Fact]
    public void A_host_that_does_not_get_ready_is_ended_and_started_anew()
    {
        string log = Path.GetTempFileName();
        using Process owner = Process.Start("sleep", "3000");
        using Process keeper = Process.Start("/bin/sh", [
            "-c", "exec \"$@\" 2>\"$0\"", log, $"{Installed.Published}/bin/ringwall-keeper",
            "--owner", owner.Id.ToString(CultureInfo.InvariantCulture), "--", "/bin/sleep", "3000"]);
        Shell.Await(() => File.ReadAllText(log).Contains("does not get ready", StringComparison.Ordinal), "it is given up", () => File.ReadAllText(log));
        Shell.Await(() => File.ReadAllText(log).Contains("the host has ended", StringComparison.Ordinal), "it is ended", () => File.ReadAllText(log));
        owner.Kill();
        Assert.True(keeper.WaitForExit(60_000), "the keeper outlives its owner");
        File.Delete(log);
    }

    [Fact]
    public void When_host_and_keeper_are_killed_together_the_kernel_lets_everybody_go()
    {
        Installed installed = new();
        string bad = installed.Eicar("bad");
        Seen seen = installed.Status()!;
        Shell.Must("kill", "-KILL", seen.Keeper.ToString(CultureInfo.InvariantCulture), seen.Host.ToString(CultureInfo.InvariantCulture));
        Shell.Await(() => Installed.CanOpen(bad), "opens are allowed", installed.Log);
        Shell.Await(() => seen.Sensors.All(sensor => !Directory.Exists($"/proc/{sensor.Pid}") || GuardTests.IsZombie(sensor.Pid)), "no sensor outlives the host", installed.Log);
        installed.Dispose();
    }

    private static int PidOf(Seen seen, string who) => who switch
    {
        "host" => seen.Host,
        "keeper" => seen.Keeper,
        _ => seen.Sensors.Single(sensor => sensor.Name == who).Pid,
    };

    // Some files that are compiled, the one in the middle when `hit` is there.
    private static void WriteProject(string folder, string hit)
    {
        string objects = string.Join(' ', Enumerable.Range(0, Sources).Select(i => $"part{i}.o"));
        for (int i = 0; i < Sources; i++)
        {
            File.WriteAllText(Path.Combine(folder, $"part{i}.c"), $"#include <stdio.h>\n#include <stdlib.h>\n#include \"all.h\"\nint part{i}(void) {{ return {(i == 0 ? 42 : 0)}; }}\n");
        }

        File.WriteAllText(Path.Combine(folder, "all.h"), string.Concat(Enumerable.Range(0, Sources).Select(i => $"int part{i}(void);\n")));
        File.WriteAllText(
            Path.Combine(folder, "main.c"),
            $"#include <stdio.h>\n#include \"all.h\"\nint main(void) {{ printf(\"%d\\n\", {string.Join(" + ", Enumerable.Range(0, Sources).Select(i => $"part{i}()"))}); return 0; }}\n");
        File.WriteAllText(
            Path.Combine(folder, "Makefile"), $"program: main.o {objects}\n\tgcc -o $@ $^\n%.o: %.c all.h\n\tgcc -O1 -c -o $@ $<\n"
            + $"part{Sources / 2}.o: part{Sources / 2}.c all.h\n\ttouch '{hit}.awaited'; until [ -e '{hit}' ]; do sleep 0.1; done\n\tgcc -O1 -c -o $@ $<\n");
    }
}

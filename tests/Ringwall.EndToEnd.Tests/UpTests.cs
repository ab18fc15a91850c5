using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>`ringwall up` itself, as a person runs it, on one filesystem of the test's own.</summary>
[Collection("guard")]
public sealed class UpTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ringwall-e2e-").FullName;
    private readonly string _mount;
    private readonly string _run;

    public UpTests()
    {
        (_mount, _run) = (Path.Combine(_home, "guarded"), Path.Combine(_home, "run"));
        if (!Environment.IsPrivilegedProcess)
        {
            Directory.Delete(_home);
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        Directory.CreateDirectory(_mount);
        Shell.Must("mount", "-t", "tmpfs", "-o", "mode=777", "ringwall-e2e", _mount);
    }

    [Fact]
    public void It_goes_on_whoever_is_killed_and_leaves_nothing_when_it_is_interrupted()
    {
        // The guarded path is given as a link to it.
        string link = Path.Combine(_home, "link");
        File.CreateSymbolicLink(link, _mount);
        string log = Path.Combine(_home, "log");
        string rules = Directory.CreateDirectory(Path.Combine(_home, "rules")).FullName;
        File.WriteAllText(Path.Combine(rules, "broken.yml"), "title: no rule\n");
        string bad = Path.Combine(_mount, "bad");
        File.WriteAllText(bad, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
        using Process up = Process.Start(new ProcessStartInfo("/bin/sh", [
            "-c", "exec \"$@\" >\"$0\" 2>&1", log, $"{Installed.Published}/bin/ringwall", "--run-dir", _run, "up", "--plain", "--state-dir", $"{_home}/state", "--mount", _mount, "--guard", link, "--rules", rules]))!;
        string Log() => $"{File.ReadAllText(log)}\n{(File.Exists($"{_run}/up.log") ? File.ReadAllText($"{_run}/up.log") : "")}";
        HashSet<(int Pid, string Start)> everybody = [];
        try
        {
            foreach (string who in (string[])["", "keeper", "host", "yara", "keeper", "sigma"])
            {
                if (who.Length > 0)
                {
                    int victim = Pids()[who];
                    Shell.Must("kill", "-KILL", victim.ToString(CultureInfo.InvariantCulture));
                    Shell.Await(() => Pids().GetValueOrDefault(who, victim) is var now && now != victim && now != 0, $"another {who} runs", Log);
                }

                Shell.Await(() => Pids().Values.All(pid => pid != 0) && Pids().Count == 4 && !Installed.CanOpen(bad), $"it guards after the death of '{who}'", Log);
                Assert.False(up.HasExited, Log());
                everybody.UnionWith(Pids().Values.Select(pid => (pid, StartOf(pid))));
            }

            // Whoever brought the rules sees which were refused.
            Shell.Await(() => File.ReadAllText(log).Contains("broken.yml:1", StringComparison.Ordinal), "the refused rule is told", Log);
            Shell.Await(
                () => Shell.Run($"{Installed.Published}/bin/ringwall", "--run-dir", _run, "sensors").Out.Contains("1 refused", StringComparison.Ordinal), "the sensor's note is shown", Log);

            Shell.Must("kill", "-INT", up.Id.ToString(CultureInfo.InvariantCulture));
            Assert.True(up.WaitForExit(Shell.Patience), "it does not end");
            Assert.True(up.ExitCode == 0, Log());
        }
        finally
        {
            if (!up.HasExited)
            {
                up.Kill();
                up.WaitForExit();
            }
        }

        Assert.Contains("the machine is as it was", File.ReadAllText(log), StringComparison.Ordinal);
        Assert.True(Installed.CanOpen(bad), "something is still guarded");

        // A number may be somebody else's by now, and who was killed may be on its way out.
        Shell.Await(() => !everybody.Any(one => StartOf(one.Pid) == one.Start && !GuardTests.IsZombie(one.Pid)), "every process has ended");
        Assert.False(Directory.Exists(_run), "the run directory is left");
        Assert.Equal([], everybody.SelectMany(one => Directory.EnumerateDirectories(
            "/sys/fs/cgroup", $"ringwall.{one.Pid}.{one.Start}.*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })));
    }

    public void Dispose()
    {
        _ = Shell.Run("umount", "-l", _mount);
        Directory.Delete(_home, recursive: true);
    }

    // The 22nd field, which is the 20th behind the name; empty when there is no such process.
    private static string StartOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Dictionary<string, int> Pids()
    {
        (int exit, string said, _) = Shell.Run($"{Installed.Published}/bin/ringwall", "--run-dir", _run, "status", "--json");
        if (exit != 0)
        {
            return [];
        }

        using JsonDocument status = JsonDocument.Parse(said);
        JsonElement root = status.RootElement;
        Dictionary<string, int> pids = new()
        {
            ["host"] = root.GetProperty("pid").GetInt32(),
            ["keeper"] = root.GetProperty("keeper").GetProperty("pid").GetInt32(),
        };
        foreach (JsonElement sensor in root.GetProperty("sensors").EnumerateArray())
        {
            pids[sensor.GetProperty("name").GetString()!] = sensor.GetProperty("state").GetString() == "running" ? sensor.GetProperty("pid").GetInt32() : 0;
        }

        return pids;
    }
}

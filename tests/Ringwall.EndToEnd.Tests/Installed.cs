using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>The published programs, guarding one filesystem of the test's own with both sensors.</summary>
internal sealed class Installed : IDisposable
{
    private readonly string _home;
    private readonly string _state;
    private readonly string _programs = Published;
    private readonly Process _owner;
    private readonly Process _keeper;

    /// <param name="fallback">For both classes.</param>
    /// <param name="livesInside">Its own findings, overrides and content lie on the filesystem that it guards: the circle that hangs others.</param>
    /// <param name="programsInside">Its programs, too, so that the kernel asks about their execution.</param>
    /// <param name="deadlineMs">For both classes. As long as may be, unless somebody is stopped and everybody waits for it.</param>
    /// <param name="rest">Members of the configuration besides places, deadlines and fallbacks, made in the folder that it is given. Null: both sensors, without deny budgets.</param>
    public Installed(string fallback = "open", bool livesInside = false, bool programsInside = false, int deadlineMs = 10_000, Func<string, string>? rest = null)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        _home = Directory.CreateTempSubdirectory("ringwall-e2e-").FullName;
        Mount = Path.Combine(_home, "guarded");
        Directory.CreateDirectory(Mount);
        Shell.Must("mount", "-t", "tmpfs", "-o", "mode=777", "ringwall-e2e", Mount);
        if (programsInside)
        {
            _programs = this["programs"];
            Shell.Must("cp", "-r", Published, _programs);
        }

        _state = Path.Combine(livesInside ? Mount : _home, "state");
        string content = Path.Combine(livesInside ? Mount : _home, "rules");
        Directory.CreateDirectory(content);
        File.WriteAllText(Path.Combine(content, "inside.yar"), "rule Inside { strings: $a = \"a mark of the test\" condition: $a }\n");
        Configuration = Path.Combine(_home, "ringwall.json");
        rest ??= _ => $$"""
            "budgets": { "deniesPerMinute": 0, "deniesPerHour": 0 },
              "sensors": [
                { "name": "yara", "folder": "{{_programs}}/sensors/yara", "content": ["{{content}}"] },
                { "name": "sigma", "folder": "{{_programs}}/sensors/sigma" }
              ]
            """;
        File.WriteAllText(Configuration, $$"""
            {
              "guard": ["{{Mount}}"], "mounts": ["{{Mount}}"], "runDir": "{{_home}}/run", "stateDir": "{{_state}}",
              "deadlines": { "execMs": {{deadlineMs}}, "openMs": {{deadlineMs}} }, "fallback": { "exec": "{{fallback}}", "open": "{{fallback}}" },
              {{rest(_home)}}
            }
            """);
        _owner = Process.Start(new ProcessStartInfo("sleep", "3000"))!;
        _keeper = Start(_owner.Id);
        Shell.Await(() => Status() is { } status && status.Sensors.All(sensor => sensor.State == "running") && status.Mounts.Count == 1, "the host guards", Log);
    }

    public string HostProgram => Path.Combine(_programs, "bin", "ringwalld");

    public static string Published { get; } = FindPublished();

    public string Mount { get; }

    public string Configuration { get; }

    public string ControlSocket => Path.Combine(_home, "run", "control.sock");

    public string Findings => Path.Combine(_state, "findings.jsonl");

    /// <summary>A folder for what this run needs besides; not guarded.</summary>
    public string Home => _home;

    public string this[string name] => Path.Combine(Mount, name);

    public Process Start(int owner) => Process.Start(new ProcessStartInfo("/bin/sh", [
        "-c", "exec \"$@\" >>\"$0\" 2>&1", Path.Combine(_home, "log"), $"{_programs}/bin/ringwall-keeper",
        "--owner", owner.ToString(CultureInfo.InvariantCulture), "--", HostProgram, "--config", Configuration]))!;

    public string Log() => File.Exists(Path.Combine(_home, "log")) ? File.ReadAllText(Path.Combine(_home, "log")) : "";

    public (int Exit, string Out, string Error) Ringwall(params string[] arguments) =>
        Shell.Run($"{Published}/bin/ringwall", ["--run-dir", $"{_home}/run", .. arguments]);

    /// <summary>What the host says of itself; null when it does not answer.</summary>
    public Seen? Status()
    {
        (int exit, string said, _) = Ringwall("status", "--json");
        if (exit != 0)
        {
            return null;
        }

        using JsonDocument status = JsonDocument.Parse(said);
        JsonElement root = status.RootElement;
        return new Seen(
            root.GetProperty("pid").GetInt32(),
            root.GetProperty("keeper").GetProperty("pid").GetInt32(),
            [.. root.GetProperty("mounts").EnumerateArray().Select(mount => mount.GetString()!)],
            [.. root.GetProperty("sensors").EnumerateArray().Select(sensor => new SeenSensor(
                sensor.GetProperty("name").GetString()!, sensor.GetProperty("state").GetString()!, sensor.GetProperty("pid").GetInt32(), sensor.GetProperty("strikes").GetInt32()))]);
    }

    /// <summary>The EICAR test file, assembled so that no file of ours contains it.</summary>
    public string Eicar(string name)
    {
        string path = this[name];
        File.WriteAllText(path, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
        return path;
    }

    /// <summary>Opens a file from another process. True when it was allowed; fails the test when it hangs.</summary>
    public static bool CanOpen(string path) => Shell.Run("cat", path).Exit == 0;

    /// <summary>The owner ends, as `ringwall up` does when it is killed.</summary>
    public void EndOwner()
    {
        _owner.Kill();
        _owner.WaitForExit();
    }

    public void Dispose()
    {
        if (!_owner.HasExited)
        {
            EndOwner();
        }

        bool ended = _keeper.WaitForExit(60_000);
        Shell.Await(() => Status() is null, "the host has ended", Log);
        _ = Shell.Run("umount", "-l", Mount);
        Directory.Delete(_home, recursive: true);
        _owner.Dispose();
        _keeper.Dispose();
        Assert.True(ended, "the keeper outlives its owner");
    }

    private static string FindPublished()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Ringwall.slnx")))
        {
            at = at.Parent;
        }

        string published = Path.Combine(at!.FullName, "artifacts", "publish");
        Assert.True(File.Exists(Path.Combine(published, "bin", "ringwalld")), $"{published} has no ringwalld; ./rw publish makes it");
        return published;
    }
}

internal sealed record Seen(int Host, int Keeper, IReadOnlyList<string> Mounts, IReadOnlyList<SeenSensor> Sensors);

internal sealed record SeenSensor(string Name, string State, int Pid, int Strikes);

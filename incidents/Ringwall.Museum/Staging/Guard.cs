using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwall.Museum.Replays;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Staging;

// Owns:     a private folder with two filesystems (one guarded, one not), the keeper with its host and sensors.
// Ordering: whoever works on the filesystems ends before the guard is disposed.

/// <summary>The published programs, guarding one filesystem of their own and nothing else of this machine.</summary>
internal sealed class Guard : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private readonly Process _owner;
    private readonly Process _keeper;
    private readonly HostLine _line;
    private readonly bool _hasOneDisk;

    /// <param name="home">An empty folder.</param>
    /// <param name="configure">Completes the configuration, which names mounts and folders already.</param>
    /// <param name="freeMb">Makes a machine with one disk of it: so many mebibytes are free on the guarded filesystem, and the host keeps its state there, too. Null: plenty, and elsewhere.</param>
    public Guard(string home, Func<Guard, JsonObject, JsonObject> configure, int? freeMb = null)
    {
        Home = home;
        _hasOneDisk = freeMb is not null;
        foreach (string mount in (string[])[Mount, Free])
        {
            Directory.CreateDirectory(mount);
            _ = Tool.Must("mount", "-t", "tmpfs", "-o", "mode=755,size=512m", "ringwall-museum", mount);
        }

        try
        {
            SmallRoot.Fill(Mount);
            SmallRoot.Fill(Free);
            if (freeMb is { } free)
            {
                DriveInfo disk = new(Mount);
                _ = Tool.Must("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={disk.TotalSize - disk.TotalFreeSpace + (free * 1024L * 1024)}"), Mount);
            }

            JsonObject configuration = new()
            {
                ["guard"] = new JsonArray(Mount), ["mounts"] = new JsonArray(Mount), ["runDir"] = RunDirectory, ["stateDir"] = StateDirectory,
            };
            File.WriteAllText(Configuration, configure(this, configuration).ToJsonString());
        }
        catch
        {
            Unmount();
            throw;
        }

        // The owner ends with its input, which is ours: whatever ends us ends the guard.
        _owner = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true }) ?? throw new MuseumException("cat could not be started");
        _keeper = Process.Start("/bin/sh", [
            "-c", "exec \"$@\" >>\"$0\" 2>&1", LogFile, Programs.Program("ringwall-keeper"), "--owner", $"{_owner.Id}", "--", Programs.Program("ringwalld"), "--config", Configuration]);
        _line = new HostLine(RunDirectory);
    }

    public string Home { get; }

    /// <summary>The guarded filesystem.</summary>
    public string Mount => Path.Combine(Home, "guarded");

    /// <summary>The other one, for comparison.</summary>
    public string Free => Path.Combine(Home, "free");

    public string RunDirectory => Path.Combine(Home, "run");

    public string StateDirectory => _hasOneDisk ? Path.Combine(Mount, "var/lib/ringwall") : Path.Combine(Home, "state");

    public string Configuration => Path.Combine(Home, "ringwall.json");

    public int KeeperPid => _keeper.Id;

    private string LogFile => Path.Combine(Home, "log");

    public string Log() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    public HostStatus? Status() => _line.Status();

    public IReadOnlyList<GenerationSeen> Generations() => _line.Generations(Scene.Subject);

    /// <summary>The command line, as it lies on the guarded filesystem: so it is asked about like everything there.</summary>
    public (int Exit, string Out, string Error) Ringwall(params IEnumerable<string> arguments)
    {
        try
        {
            return Tool.Run($"{Mount}{SmallRoot.OurFolder}/ringwall", ["--run-dir", RunDirectory, .. arguments]);
        }
        catch (Win32Exception refused)
        {
            return (126, "", $"the command line could not be executed: {refused.Message}");
        }
    }

    /// <exception cref="MuseumException">It does not become ready.</exception>
    public void AwaitReady()
    {
        if (!Tool.Await(() => Status() is { Mounts.Count: > 0 } status && status.Sensors.All(sensor => sensor.State == "running"), StartPatience))
        {
            throw new MuseumException($"the host does not get ready: {Log()}");
        }
    }

    public void Dispose()
    {
        _line.Dispose();
        _owner.StandardInput.Close();
        _owner.WaitForExit();
        if (!_keeper.WaitForExit(30_000))
        {
            _keeper.Kill(entireProcessTree: true);
            _keeper.WaitForExit();
        }

        Unmount();
        _owner.Dispose();
        _keeper.Dispose();
    }

    private void Unmount()
    {
        _ = Tool.Run("umount", "-l", Mount);
        _ = Tool.Run("umount", "-l", Free);
    }
}

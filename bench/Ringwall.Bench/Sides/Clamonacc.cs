using Ringwall.Bench.Running;

namespace Ringwall.Bench.Sides;

/// <summary>ClamAV on access: clamd with one signature, clamonacc that prevents, descriptors passed between them.</summary>
internal sealed class Clamonacc : ISide
{
    private readonly Tool _scanner;
    private readonly Tool _watcher;

    /// <param name="workshop">Whose field is guarded.</param>
    /// <param name="cpu">The one CPU for both processes; null for all CPUs.</param>
    /// <param name="guard">Below which folder; null for the whole field.</param>
    public Clamonacc(Workshop workshop, int? cpu, string? guard = null)
    {
        string folder = workshop.NewFolder($"clamav-{Guid.NewGuid():N}");
        string database = Directory.CreateDirectory(Path.Combine(folder, "database")).FullName;
        string socket = Path.Combine(folder, "socket");
        string config = Path.Combine(folder, "clamd.conf");
        string probe = Path.Combine(guard ?? workshop.Field, "probe-clamonacc");
        File.WriteAllBytes(probe, GuardProbe.Eicar());
        File.WriteAllText(Path.Combine(database, "tiny.hdb"), "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n");
        File.WriteAllText(config, $"""
            LocalSocket {socket}
            DatabaseDirectory {database}
            User clamav
            Foreground yes
            OnAccessIncludePath {guard ?? workshop.Field}
            OnAccessPrevention yes
            OnAccessExcludeUname clamav

            """);
        Tool.Require("chown", "-R", "clamav", folder);
        _scanner = Tool.Start(cpu, "clamd", "-c", config);
        for (int i = 0; i < 600 && !File.Exists(socket); i++)
        {
            _ = Tool.Run("sleep", "0.05");
        }

        _watcher = Tool.Start(cpu, "clamonacc", "-F", "--fdpass", "-c", config, "--log", Path.Combine(folder, "log"));
        try
        {
            _ = GuardProbe.WaitUntilRefused(workshop, probe, () => $"clamd: {_scanner.Errors} clamonacc: {_watcher.Errors}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<int> Processes => [_scanner.Pid, _watcher.Pid];

    public void Dispose()
    {
        // The one that the kernel waits for goes first: the other answers it to the end.
        _watcher.Dispose();
        _scanner.Dispose();
    }
}

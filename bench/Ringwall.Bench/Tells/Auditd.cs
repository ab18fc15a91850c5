// Owns:     the audit daemon, one rule, and the kernel's audit settings as they were before.
using System.Globalization;
using Ringwall.Bench.Running;

namespace Ringwall.Bench.Tells;

/// <summary>Linux audit with one rule for execve, as Debian sets it up. Dispose leaves the kernel as it was.</summary>
internal sealed class Auditd : IDisposable
{
    private static readonly string[] Rule = ["exit,always", "-F", "arch=b64", "-S", "execve", "-k", "ringwall-bench"];

    private readonly Tool _daemon;
    private readonly string _enabledBefore;
    private readonly string _backlogBefore;
    private bool _ruled;

    public Auditd(Workshop workshop)
    {
        _enabledBefore = Setting("enabled");
        _backlogBefore = Setting("backlog_limit");
        string folder = workshop.NewFolder($"auditd-{Guid.NewGuid():N}");
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_000_000);
        string config = Path.Combine(folder, "auditd.conf");
        File.WriteAllText(config, $"""
            local_events = yes
            write_logs = yes
            log_file = {folder}/audit.log
            log_group = root
            log_format = ENRICHED
            flush = INCREMENTAL_ASYNC
            freq = 50
            max_log_file = 200
            num_logs = 2
            max_log_file_action = IGNORE
            space_left = 75
            space_left_action = IGNORE
            admin_space_left = 50
            admin_space_left_action = IGNORE
            disk_full_action = IGNORE
            disk_error_action = IGNORE
            priority_boost = 4
            q_depth = 2000
            overflow_action = IGNORE

            """);
        File.SetUnixFileMode(config, (UnixFileMode)0b110_000_000);
        _daemon = Tool.Start(null, "auditd", "-n", "-c", folder);
        for (int i = 0; i < 200 && Setting("pid") != $"{_daemon.Pid}" && !_daemon.HasExited; i++)
        {
            _ = Tool.Run("sleep", "0.05");
        }

        if (Setting("pid") != $"{_daemon.Pid}")
        {
            _daemon.Dispose();
            throw new BenchException($"auditd did not start: {_daemon.Errors}");
        }

        _ = Tool.Require("auditctl", "-b", "8192", "--backlog_wait_time", "60000");
        _ = Tool.Require("auditctl", ["-a", .. Rule]);
        _ruled = true;
        _ = Tool.Require("auditctl", "-e", "1");
    }

    /// <summary>The daemon, and the kernel's thread that feeds it.</summary>
    public IReadOnlyList<int> Processes => [_daemon.Pid, .. ProcessTree.Of(2).Where(pid => ProcessTree.Name(pid) == "kauditd")];

    public static double Lost() => double.Parse(Setting("lost"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (_ruled)
        {
            _ = Tool.Run("auditctl", ["-d", .. Rule]);
            _ruled = false;
        }

        _ = Tool.Run("auditctl", "-e", _enabledBefore);
        _daemon.Dispose();
        _ = Tool.Run("auditctl", "-b", _backlogBefore);
    }

    private static string Setting(string name)
    {
        foreach (string line in Tool.Require("auditctl", "-s").Split('\n'))
        {
            string[] parts = line.Split(' ');
            if (parts[0] == name)
            {
                return parts[1];
            }
        }

        return "0";
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using Ringwall.Bench.Reporting;
using Ringwall.Bench.Running;

namespace Ringwall.Bench.Update;

/// <summary>
/// How long a verified update of 5 MB takes on a device when nothing has to be downloaded, and what memory the agent has after it. Beside it, in each round, what the same package takes without
/// any of it: hash, unpack, bring to the disk.
/// </summary>
internal sealed class UpdateBench(Workshop workshop)
{
    private const int UsualRounds = 9;
    private const int Files = 50;
    private const int FileBytes = 100_000;

    private readonly Report _report = new("A verified update of 5 MB, without its download: by agent and host, and by sha256sum and tar");

    public Report Run()
    {
        _report.Require(new Bar("update.total_ms", 1000));
        _report.Require(new Bar("agent.rss_mb", 60));
        using UpdatedDevice device = new(workshop);
        int rounds = workshop.Options.RoundsOr(UsualRounds);
        for (int round = 0; round < rounds; round++)
        {
            string package = Pack(round);
            Plain(package, round);
            Update(device, package, round);
            _report.AddRatio("update_over_plain", "update", "plain", "total_ms");
            Console.Error.WriteLine($"update: round {round + 1} of {rounds}");
        }

        device.RequireInstalled(rounds);
        return _report;
    }

    // Other bytes each time, which no compression makes smaller: what was installed once is not installed again.
    private string Pack(int round)
    {
        string content = workshop.NewFolder($"content-{round}");
        for (int file = 0; file < Files; file++)
        {
            File.WriteAllBytes(Path.Combine(content, $"signatures-{file}.bin"), RandomNumberGenerator.GetBytes(FileBytes));
        }

        string package = Path.Combine(workshop.NewFolder("packages"), $"{round}.tar.gz");
        Tool.Require(workshop.CommandLine, "pack", package, "--release", $"{round + 1}", "--sensor", UpdatedDevice.Sensor, "--vendor", UpdatedDevice.Vendor, "--content", content);
        return package;
    }

    private void Plain(string package, int round)
    {
        if (workshop.Options.Wants("plain"))
        {
            string into = workshop.NewFolder($"plain-{round}");
            var watch = Stopwatch.StartNew();
            Tool.Require("/bin/sh", "-c", "sha256sum \"$0\" && tar -xzf \"$0\" -C \"$1\" && sync -f \"$1\"", package, into);
            _report.Add("plain", "total_ms", watch.Elapsed.TotalMilliseconds);
        }
    }

    private void Update(UpdatedDevice device, string package, int round)
    {
        if (workshop.Options.Wants("update"))
        {
            (TimeSpan verified, TimeSpan installed) = device.Update(package, round + 1);
            _report.Add("update", "total_ms", installed.TotalMilliseconds);
            _report.Add("parts", "agent_ms", verified.TotalMilliseconds);
            _report.Add("parts", "host_ms", (installed - verified).TotalMilliseconds);
            _report.Add("agent", "rss_mb", device.AgentMb);
        }
    }
}

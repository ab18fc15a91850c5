using System.Diagnostics;
using System.Security.Cryptography;

namespace Ringwall.Agent.Tests;

/// <summary>The program itself, killed before and after everything that it asks of others.</summary>
public sealed class KilledTests(ITestOutputHelper output)
{
    // What a rollout is to an agent, in the order in which it goes through it: it says who it is, looks, has its host look, fetches, hands over, and reports.
    private static readonly string[] Questions =
    [
        "hello", "vendors/timestamp.json", "snapshot.json", "director/timestamp.json", "targets.json", "acme.json", "refresh", "packages/", "install", "report", "device/session", "device/reports",
    ];

    // Before each, and after: the first is not yet done then, the second is, and the agent does not know it.
    private static readonly (string Question, bool After)[] Deaths = [.. Questions.SelectMany(question => new[] { (question, false), (question, true) })];

    [Fact]
    public void Killed_at_any_step_it_goes_on_and_tells_everything_once()
    {
        using AgentAtWork at = new();
        at.Server.Clock = TimeProvider.System;
        at.Server.PaceMilliseconds = 200;
        at.Fleet.Life = TimeSpan.FromDays(3650 * 3);
        at.Clock.Now = DateTimeOffset.UtcNow;
        at.Fleet.Publish(at.Clock.Now);
        byte[] package = RandomNumberGenerator.GetBytes(200_000);
        for (int step = 1; step <= Deaths.Length; step++)
        {
            (string question, bool after) = Deaths[step - 1];
            at.Host.Happened($"harm {step}");
            string path = $"acme/marker/content-{step}.tar.gz";
            package[0] = (byte)step;
            at.Publish(path, [.. package]);
            using Process agent = Start(at);
            int killed = 0;
            void Sees(string what, bool answered)
            {
                if (answered == after && what.Contains(question, StringComparison.Ordinal) && Interlocked.Exchange(ref killed, 1) == 0)
                {
                    agent.Kill();
                }
            }

            (at.Server.Sees, at.Host.Sees) = (Sees, Sees);
            Assert.True(agent.WaitForExit(60_000) && killed == 1, $"it was not killed {(after ? "after" : "before")} {question}");
            (at.Server.Sees, at.Host.Sees) = ((_, _) => { }, (_, _) => { });
        }

        using (Process agent = Start(at))
        {
            string[] all = [.. Enumerable.Range(1, Deaths.Length).Select(step => $"harm {step}")];
            try
            {
                Await(() => at.Host.Installed.Count == Deaths.Length && Harms(at).Count() >= Deaths.Length, at);
                Assert.Equal(all, Harms(at));
                output.WriteLine($"resident after {Deaths.Length} deaths: {Resident(agent)} kB");
            }
            finally
            {
                agent.Kill();
                agent.WaitForExit();
            }
        }

        long[] sequences = [.. at.Server.Reports.Select(report => report.Sequence)];
        Assert.Equal(sequences.Order().Distinct(), sequences);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(at.State, "spool", "packages")), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public void As_root_it_does_not_run_unless_told()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using Process agent = Process.Start(new ProcessStartInfo(Program, ["--state-dir", Path.GetTempPath()]) { RedirectStandardError = true })!;
        Assert.Contains("not as root", agent.StandardError.ReadToEnd(), StringComparison.Ordinal);
        agent.WaitForExit();
        Assert.Equal(3, agent.ExitCode);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "ringwall-agent");

    private static IEnumerable<string> Harms(AgentAtWork at)
    {
        lock (at.Server.Reports)
        {
            return [.. at.Server.Reports.ToArray().SelectMany(report => report.Harms).Select(harm => harm.Detail)];
        }
    }

    private static Process Start(AgentAtWork at) => Process.Start(new ProcessStartInfo(
        Program, ["--as-root", "--state-dir", at.State, "--run-dir", at.Host.RunDirectory]))!;

    private static string Resident(Process agent) => File.ReadLines($"/proc/{agent.Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];

    private static void Await(Func<bool> condition, AgentAtWork at)
    {
        long until = Environment.TickCount64 + 90_000;
        while (!condition())
        {
            if (Environment.TickCount64 > until)
            {
                Assert.Fail($"not within 90 s: {at.Host.Installed.Count} installed, {string.Join(' ', Harms(at))}\n{string.Join('\n', at.Server.Asked.TakeLast(20))}\n{File.ReadAllText(Path.Combine(at.State, "status.json"))}");
            }

            Thread.Sleep(50);
        }
    }
}

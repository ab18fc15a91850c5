using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwall.Agent.Tests;
using Ringwall.Host.Fleet;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Tests.Generations;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>Packages that attack whoever unpacks them, signed by vendor and operator: from the server, through the agent's own program and the host's own door, to the store.</summary>
public sealed class HostilePackageTests
{
    private const string Good = "acme/marker/content-900.tar.gz";
    private const int First = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task What_attacks_the_unpacker_gets_no_further_than_the_door_and_holds_up_nothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it gives the door to a user, and runs the agent as that");
        string state = Directory.CreateTempSubdirectory("ringwall-agent-").FullName;
        using FleetAtWork at = new(spool: Path.Combine(state, "spool"), isNow: true);
        using TestServer server = new(at.Fleet, TimeProvider.System) { PaceMilliseconds = 200 };
        at.Store.Install(TestPackage.Of("1", "1.0", "100").Open(), "marker", out _);
        at.Store.Promote("marker", 1);
        string[] attacks = [.. PackageReaderTests.Bad.Select(row => row.Data.Item1)];
        Assert.True(attacks.Length >= 20, $"only {attacks.Length} attacks");
        List<string> paths = [];
        foreach (string attack in attacks)
        {
            paths.Add($"acme/marker/content-{First + paths.Count}.tar.gz");
            at.Fleet.Release(paths[^1], PackageReaderTests.Broken(attack), "1", at.Order);
        }

        // The control comes last by its number: what brings it has gone through all the others, and the way is open.
        TestPackage good = TestPackage.Of("1", content: "1");
        at.Fleet.Release(Good, good.Bytes(), "1", at.Order);
        at.Fleet.Publish(at.Clock.GetUtcNow());

        ConcurrentQueue<string> said = new();
        using AgentDoor door = AgentDoor.Open(at.Folder, 0, at.Desk);
        door.Start();
        string token = Path.Combine(state, "token");
        await File.WriteAllTextAsync(token, "right", TestContext.Current.CancellationToken);
        using (Process enrolment = Start(said, "--enrol", "--server", $"{server.Address}", "--token-file", token, "--state-dir", state, "--run-dir", at.Folder))
        {
            Assert.True(enrolment.WaitForExit(Patience), "it does not enrol");
            Assert.True(enrolment.ExitCode == 0, string.Join('\n', said));
        }

        string packages = Path.Combine(state, "spool", "packages");
        using Process agent = Start(said, "--state-dir", state, "--run-dir", at.Folder);
        try
        {
            Await(() => Reported(server).TryGetValue(Good, out string? state) && state == ReleaseState.Probation && Harms(server).Count == attacks.Length, () =>
                $"{Harms(server).Count} harms, {string.Join(' ', Reported(server))}\n{string.Join('\n', said)}\n{string.Join('\n', server.Asked.TakeLast(20))}");

            // With its next look the agent hears that nobody wants them any more.
            Await(() => !Directory.EnumerateFileSystemEntries(packages).Any(), () => $"left in the spool: {string.Join(' ', Directory.EnumerateFileSystemEntries(packages))}\n{string.Join('\n', said)}");
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // Each was refused by the host itself, once, and told as what it is.
        Dictionary<string, string> reported = Reported(server);
        Assert.All(paths, path => Assert.Equal(ReleaseState.Refused, reported[path]));
        Assert.Equal(paths, Harms(server).Select(harm => harm.Release!).Order(StringComparer.Ordinal));
        Assert.All(Harms(server), harm => Assert.Equal(HarmMeasure.Quarantine, harm.Measure));
        Assert.True(Harms(server).Select(harm => harm.Detail).Distinct().Count() >= attacks.Length / 2, "they were refused for something that none of them is");

        // Nothing of them lies anywhere: one generation, and no file that is not one, or lies outside it.
        Assert.Equal(Good, Assert.Single(at.Store.Of("marker"), one => one.Number > 1).Release);
        FileSystemInfo[] left = [.. new DirectoryInfo(at.Configuration.StateDirectory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)];
        Assert.Contains(left, file => file.Name == "rules.txt");
        Assert.All(left, file => Assert.True(file.LinkTarget is null && !file.Attributes.HasFlag(FileAttributes.Device), file.FullName));
        Assert.DoesNotContain(left, file => file.Name is "link" or "hard" or "null" or "pipe" or "more" or "gone" or "other" or "longer" or "x" or "passwd");
        Directory.Delete(state, recursive: true);
    }

    private static Process Start(ConcurrentQueue<string> said, params string[] arguments)
    {
        Process agent = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ringwall-agent"), ["--as-root", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        agent.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        agent.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        agent.BeginErrorReadLine();
        agent.BeginOutputReadLine();
        return agent;
    }

    private static IReadOnlyList<HarmReport> Harms(TestServer server) => [.. server.Told().SelectMany(report => report.Harms)];

    /// <summary>The last word on each release.</summary>
    private static Dictionary<string, string> Reported(TestServer server) =>
        server.Told().SelectMany(report => report.Releases).GroupBy(release => release.Path).ToDictionary(group => group.Key, group => group.Last().State, StringComparer.Ordinal);

    private static void Await(Func<bool> condition, Func<string> otherwise)
    {
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, otherwise());
            Thread.Sleep(50);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>The whole way, with a real server, a real agent and a real host: a vendor publishes, and what it publishes is good, then bad, then good.</summary>
[Collection("guard")]
public sealed class StoryTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ringwall-e2e-").FullName;
    private readonly string _mount;
    private readonly string _run;
    private readonly string _fleet;

    public StoryTests()
    {
        (_mount, _run, _fleet) = (Path.Combine(_home, "guarded"), Path.Combine(_home, "run"), Path.Combine(_home, "fleet"));
        if (!Environment.IsPrivilegedProcess)
        {
            Directory.Delete(_home);
            Assert.Skip("needs root: it mounts a filesystem and guards it");
        }

        // The agent runs as nobody in particular, and has to get to its folder.
        File.SetUnixFileMode(_home, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(_mount);
        Shell.Must("mount", "-t", "tmpfs", "-o", "mode=777", "ringwall-e2e", _mount);
    }

    private static string Ringwall => $"{Installed.Published}/bin/ringwall";

    private string OperatorToken => Path.Combine(_fleet, "secret", "operator-token");

    private string Server => $"http://127.0.0.1:{File.ReadAllText(Path.Combine(_fleet, "port"))}/";

    [Fact]
    public async Task Good_content_arrives_bad_content_harms_nobody_and_is_taken_back_and_good_content_arrives_again()
    {
        string log = Path.Combine(_home, "log");
        for (int i = 0; i < 20; i++)
        {
            File.WriteAllText(Path.Combine(_mount, $"file{i}"), $"harmless {i}");
        }

        using Process up = Process.Start(new ProcessStartInfo("/bin/sh", [
            "-c", "exec \"$@\" >\"$0\" 2>&1", log, Ringwall, "--run-dir", _run, "up", "--plain", "--state-dir", $"{_home}/state", "--mount", _mount, "--guard", _mount,
            "--fleet", _fleet, "--fleet-pace", "0.3"]))!;

        // A machine at work: probation wants to see real asks.
        using Process work = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "while :; do cp -f /bin/true \"$0\"/run; \"$0\"/run; cp -f \"$0\"/file1 \"$0\"/copy; cat \"$0\"/copy >/dev/null 2>&1; sleep 0.1; done", _mount]))!;
        int[] everybody = [];
        try
        {
            Shell.Await(() => Generation("sample-good") is "in service", "the first release is in service", Log);
            Assert.Contains("sign in", File.ReadAllText(log), StringComparison.Ordinal);
            string first = Shell.Must("/bin/sh", "-c", $"ls {_fleet}/vendor/packages");
            Assert.NotEmpty(first);
            Shell.Await(() => Rollouts().Any(rollout => rollout.Release.EndsWith("content-1.tar.gz", StringComparison.Ordinal) && rollout.Installed >= 1), "the server knows that it is installed", Log);
            int agent = Pid("ringwall-agent");
            everybody = [agent, Pid("ringwall-server")];
            string[] status = File.ReadAllLines($"/proc/{agent}/status");
            Assert.DoesNotContain(status, line => line.StartsWith("Uid:\t0", StringComparison.Ordinal));
            Assert.Contains("NoNewPrivs:\t1", status);
            Assert.Contains("CapEff:\t0000000000000000", status);
            long resident = long.Parse(status.First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
            Assert.True(resident <= 60 * 1024, $"the agent takes {resident} kB");

            // It takes every program for malware. Probation finds out, on this very machine, and nobody is denied anything.
            Publish(Package("bad"));
            Shell.Await(() => Generation("sample-bad") is "refused", "the bad release is refused", Log);
            Assert.Equal("in service", Generation("sample-good"));
            Assert.True(Installed.CanOpen(Path.Combine(_mount, "file1")));
            Shell.Await(() => Rollouts().FirstOrDefault(rollout => rollout.Release.EndsWith("content-2.tar.gz", StringComparison.Ordinal)) is { Harmed: >= 1 }, "the server hears of the harm", Log);
            Rollout bad = Rollouts().First(rollout => rollout.Release.EndsWith("content-2.tar.gz", StringComparison.Ordinal));
            Assert.InRange(bad.Harmed, 1, bad.Budget);

            // One device proves nothing to the rules; a person has seen enough. (A fleet's own halt: tests of the server's rollouts.)
            if (bad.State != "halted")
            {
                Shell.Must(Ringwall, "operator", "--dir", _home, "rollout", "halt", bad.Id, "--why", "it denies everything", "--server", Server, "--token-file", OperatorToken);
            }

            Shell.Await(() => Rollouts().Any(rollout => rollout.Id == bad.Id && rollout.State == "halted"), "it is halted", Log);
            // What the bad one brought leads nowhere any more.
            Publish(Repacked(), "--way-back-to", "1");
            Shell.Await(() => Generation("sample-better") is "in service", "the next good release is in service", Log);

            // The operator moves the device; it hears of it with its next session, and its host believes the signature.
            Assert.NotEqual("critical", Status("ring"));
            await MoveAsync("critical");
            Shell.Await(() => Status("ring") == "critical", "the device stands in the other ring", Log);

            Shell.Must("kill", "-INT", up.Id.ToString(CultureInfo.InvariantCulture));
            Assert.True(up.WaitForExit(Shell.Patience), "it does not end");
            Assert.True(up.ExitCode == 0, Log());
        }
        finally
        {
            work.Kill(entireProcessTree: true);
            work.WaitForExit();
            if (!up.HasExited)
            {
                up.Kill();
                up.WaitForExit();
            }
        }

        Shell.Await(() => everybody.All(pid => !Directory.Exists($"/proc/{pid}") || GuardTests.IsZombie(pid)), "agent and server have ended");
    }

    public void Dispose()
    {
        _ = Shell.Run("umount", "-l", _mount);
        Directory.Delete(_home, recursive: true);
    }

    private static string Package(string name) => Path.Combine(Installed.Published, "updates", $"yara-{name}.tar.gz");

    // The good one under another version: the same rules and one file more.
    private string Repacked()
    {
        string content = Directory.CreateDirectory(Path.Combine(_home, "content")).FullName;
        File.WriteAllText(Path.Combine(content, "better.yar"), "rule Better { strings: $a = \"a mark that nobody has\" condition: $a }\n");
        string package = Path.Combine(_home, "better.tar.gz");
        Shell.Must(Ringwall, "pack", package, "--release", "sample-better", "--sensor", "yara", "--vendor", "Ringwall", "--content", content);
        return package;
    }

    private void Publish(string package, params string[] more)
    {
        string vendor = Path.Combine(_fleet, "vendor");
        Shell.Must(Ringwall, ["vendor", "--dir", vendor, "sign", package, "--key", $"{vendor}/keys/ringwall-1.pem", "--passphrase-file", $"{_fleet}/secret/passphrase", .. more]);
        Shell.Must(Ringwall, "vendor", "--dir", vendor, "publish", "--server", Server, "--token-file", $"{_fleet}/secret/vendor-token");
    }

    private string? Generation(string version)
    {
        (int exit, string said, _) = Shell.Run(Ringwall, "--run-dir", _run, "generations", "yara", "--json");
        return exit != 0 ? null : said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .LastOrDefault(line => line.GetProperty("version").GetString() == version) is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("state").GetString() : null;
    }

    private async Task MoveAsync(string ring)
    {
        using HttpClient @operator = new() { BaseAddress = new Uri(Server) };
        @operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(OperatorToken, TestContext.Current.CancellationToken)).Trim());
        using HttpResponseMessage answer = await @operator.PostAsJsonAsync($"api/v1/devices/{Status("device")}/ring", new { ring }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private string Status(string member)
    {
        using JsonDocument status = JsonDocument.Parse(File.ReadAllText(Path.Combine(_fleet, "agent", "status.json")));
        return status.RootElement.GetProperty(member).GetString()!;
    }

    private Rollout[] Rollouts()
    {
        (int exit, string said, _) = Shell.Run(Ringwall, "operator", "--dir", _home, "rollouts", "--json", "--server", Server, "--token-file", OperatorToken);
        return exit != 0 ? [] :
        [
            .. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Select(line => new Rollout(
                line.GetProperty("id").GetString()!, line.GetProperty("release").GetString()!, line.GetProperty("state").GetString()!, line.GetProperty("installed").GetInt64(),
                line.GetProperty("harmed").GetInt64(), line.GetProperty("budget").GetInt32())),
        ];
    }

    private int Pid(string program) => Process.GetProcesses().Where(process => CommandOf(process.Id) is { } command
        && command.StartsWith($"{Installed.Published}/", StringComparison.Ordinal) && command.Contains($"/{program}\0", StringComparison.Ordinal) && command.Contains(_home, StringComparison.Ordinal))
        .Select(process => process.Id).Single();

    private static string? CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string Log()
    {
        string[] files = [Path.Combine(_home, "log"), Path.Combine(_run, "up.log"), Path.Combine(_fleet, "agent.log"), Path.Combine(_fleet, "server.log"), Path.Combine(_fleet, "agent", "status.json")];
        return string.Join("\n", files.Where(File.Exists).Select(file => $"── {file}\n{string.Join('\n', File.ReadLines(file).TakeLast(60))}"));
    }

    private sealed record Rollout(string Id, string Release, string State, long Installed, long Harmed, int Budget);
}

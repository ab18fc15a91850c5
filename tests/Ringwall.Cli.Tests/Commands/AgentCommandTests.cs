using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Door;

namespace Ringwall.Cli.Tests.Commands;

/// <summary>Root reads what the agent wrote, and an agent may have been taken over.</summary>
public sealed class AgentCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-agent-command-").FullName;

    private string Status => Path.Combine(_folder, AgentStatus.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_an_agent_writes_moves_nothing_on_root_s_terminal()
    {
        const string Escape = "\u001b]0;owned\u0007";
        AgentStatus status = new()
        {
            Version = Escape, Pid = 1, Since = long.MaxValue, Now = long.MinValue, Device = Escape, Ring = Escape, Server = Escape, HostAnswers = true, ClockAhead = long.MinValue,
            Troubles = [Escape], Releases = [new DoorRelease { Path = Escape, Standing = Escape, Because = Escape }],
        };
        File.WriteAllBytes(Status, JsonSerializer.SerializeToUtf8Bytes(status, AgentStatusJson.Default.AgentStatus));
        foreach (string[] more in (string[][])[[], ["--json"]])
        {
            CommandRun run = await CommandRun.OfAsync(["agent", "--agent-dir", _folder, .. more]);
            Assert.Equal(ExitCode.NotDone, run.Exit);
            Assert.Contains("owned", run.Said, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', run.Said);
            Assert.DoesNotContain('\u0007', run.Said);
        }
    }

    [Fact]
    public async Task What_is_endless_or_leads_elsewhere_is_not_read()
    {
        using (FileStream endless = File.Create(Status))
        {
            endless.SetLength(1L << 40);
        }

        Assert.Contains("longer than", (await CommandRun.OfAsync("agent", "--agent-dir", _folder)).Complained, StringComparison.Ordinal);
        File.Delete(Status);
        File.CreateSymbolicLink(Status, "/dev/zero");
        Assert.Contains("a link", (await CommandRun.OfAsync("agent", "--agent-dir", _folder)).Complained, StringComparison.Ordinal);
    }
}

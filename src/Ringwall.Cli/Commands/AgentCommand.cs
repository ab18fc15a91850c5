using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Door;

namespace Ringwall.Cli.Commands;

/// <summary>How the agent stands: what its status file says.</summary>
internal static class AgentCommand
{
    private const int MostBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static readonly Option<string> State = new("--agent-dir")
    {
        Description = "The agent's state directory",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/var/lib/ringwall-agent",
    };

    public static Command Build(Terminal terminal)
    {
        Command command = new("agent", "What the fleet's agent does: server, reports, and why a release waits") { State };
        command.SetAction(parsed =>
        {
            string file = Path.Combine(ParsedOptions.Absolute(parsed.GetRequiredValue(State)), AgentStatus.FileName);
            AgentStatus status;
            try
            {
                status = JsonSerializer.Deserialize(Bytes(file), AgentStatusJson.Default.AgentStatus) ?? throw new JsonException("it is null");
            }
            catch (Exception none) when (none is IOException or UnauthorizedAccessException or JsonException or TimeoutException)
            {
                throw new CommandException(ExitCode.NotDone, file, none.Message.TrimEnd('.'), "is the agent running, and --agent-dir right?");
            }

            if (parsed.WantsJson())
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(status, AgentStatusJson.Default.AgentStatus).ReplaceLineEndings(""));
            }
            else
            {
                AgentView.Write(terminal, status);
            }

            return status.Troubles.Count == 0 ? ExitCode.Done : ExitCode.NotDone;
        });
        return command;
    }

    // The folder is the agent's, and root reads it: whatever lies there is read once, no further than a status can be long, and is not waited for. A pipe that nobody writes to keeps the thread that
    // opens it, and this program ends all the same.
    private static byte[] Bytes(string file)
    {
        if (new FileInfo(file).LinkTarget is not null)
        {
            throw new IOException("it is a link");
        }

        return Task.Run(() =>
        {
            using FileStream from = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[MostBytes + 1];
            int count = from.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return count <= MostBytes ? bytes[..count] : throw new IOException($"it is longer than {MostBytes} bytes");
        }).WaitAsync(Patience).GetAwaiter().GetResult();
    }
}

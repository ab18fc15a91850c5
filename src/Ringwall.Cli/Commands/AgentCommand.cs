using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Door;

namespace Ringwall.Cli.Commands;

/// <summary>How the agent stands: what its status file says.</summary>
internal static class AgentCommand
{
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
                status = JsonSerializer.Deserialize(File.ReadAllBytes(file), AgentStatusJson.Default.AgentStatus) ?? throw new JsonException("it is null");
            }
            catch (Exception none) when (none is IOException or UnauthorizedAccessException or JsonException)
            {
                throw new CommandException(ExitCode.NotDone, file, none.Message.TrimEnd('.'), "is the agent running, and --agent-dir right?");
            }

            if (parsed.WantsJson())
            {
                terminal.Out.WriteLine(File.ReadAllText(file).ReplaceLineEndings("").Trim());
            }
            else
            {
                AgentView.Write(terminal, status);
            }

            return status.Troubles.Count == 0 ? ExitCode.Done : ExitCode.NotDone;
        });
        return command;
    }
}

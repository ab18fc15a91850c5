using System.CommandLine;
using Ringwall.Cli.Control;
using Ringwall.Cli.Up;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Cli.Commands;

/// <summary>Makes this machine a device of a fleet, or undoes that.</summary>
internal static class EnrolCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<string?> server = new("--server") { Description = "The fleet's server", HelpName = "URL" };
        Option<string?> token = new("--token") { Description = "The join token; others on this machine may read it there while the command runs", HelpName = "TOKEN" };
        Option<string?> tokenFile = new("--token-file") { Description = "A file whose first line is the join token", HelpName = "FILE" };
        Option<string[]> mirrors = new("--mirror") { Description = "Fetch static files from URL first (several)", HelpName = "URL" };
        Option<string?> name = new("--name") { Description = "What people call this machine", HelpName = "NAME" };
        Option<bool> reset = new("--reset") { Description = "Forget first which device this machine is; what is installed stays" };
        Option<string> user = new("--agent-user") { Description = "Whom the agent runs as", HelpName = "USER", DefaultValueFactory = _ => "ringwall-agent" };
        Command command = new("enrol", "Make this machine a device of a fleet, with a join token") { server, token, tokenFile, mirrors, name, reset, user, AgentCommand.State };
        command.Validators.Add(result =>
        {
            bool joins = result.GetValue(server) is not null;
            if (joins && (result.GetValue(token) is null) == (result.GetValue(tokenFile) is null))
            {
                result.AddError("Give --token or --token-file");
            }
            else if (!joins && !result.GetValue(reset))
            {
                result.AddError("Name the --server, or --reset");
            }
        });
        command.SetAction(async (parsed, _) =>
        {
            if (!Environment.IsPrivilegedProcess)
            {
                throw new CommandException(ExitCode.NeedsRight, "ringwall enrol", "which fleet this machine belongs to is root's to say", "run it with sudo");
            }

            string state = ParsedOptions.Absolute(parsed.GetRequiredValue(AgentCommand.State));
            if (parsed.GetValue(reset))
            {
                using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
                ControlReply reply = await host.AskOneAsync(new ControlRequest { Do = ControlVerb.LeaveFleet }, terminal.Stop).ConfigureAwait(false);
                File.Delete(Path.Combine(state, "enrolled.json"));
                terminal.Out.WriteLine(reply.Said);
            }

            if (parsed.GetValue(server) is not { } address)
            {
                return ExitCode.Done;
            }

            if (!Uri.TryCreate(address.EndsWith('/') ? address : address + "/", UriKind.Absolute, out Uri? uri))
            {
                throw new CommandException(ExitCode.Usage, address, "it is no address of a server", "name it as https://HOST");
            }

            Installation installation = Installation.OfThisProgram();
            Installation.Require(installation.Agent);
            await FleetDemo.EnrolAsync(
                installation, parsed.GetRequiredValue(user), state, parsed.RunDirectory(), uri,
                parsed.GetValue(token) ?? (await File.ReadAllTextAsync(ParsedOptions.Absolute(parsed.GetValue(tokenFile)!), terminal.Stop).ConfigureAwait(false)).Trim(),
                parsed.GetValue(mirrors) ?? [], parsed.GetValue(name), terminal.Stop).ConfigureAwait(false);
            terminal.Out.WriteLine($"this machine is a device of {uri}; `ringwall agent` shows how it stands");
            return ExitCode.Done;
        });
        return command;
    }
}

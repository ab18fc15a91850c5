using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

internal static class StatusCommand
{
    public static Command Build(Terminal terminal)
    {
        Command command = new("status", "What the host does: sensors, verdicts, events, kernel features");
        command.SetAction((parsed, _) => RunAsync(parsed, terminal));
        return command;
    }

    public static async Task<int> RunAsync(ParseResult parsed, Terminal terminal)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        HostStatus status = (await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Status }, terminal.Stop).ConfigureAwait(false)).Status!;
        if (parsed.WantsJson())
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(status, ControlReplyJson.Lines.HostStatus));
        }
        else
        {
            StatusView.Write(terminal.Console, status);
        }

        return ExitCode.Done;
    }
}

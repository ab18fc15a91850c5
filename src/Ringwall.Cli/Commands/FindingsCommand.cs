using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Cli.Commands;

internal static class FindingsCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> follow = new("--follow", "-f") { Description = "Go on with those that come, until Ctrl-C" };
        Option<int?> last = new("--last", "-n") { Description = "Begin with so many of the latest", HelpName = "N" };
        Command command = new("findings", "What sensors found and denied; with --json as OCSF Detection Findings") { follow, last };
        command.SetAction((parsed, _) => RunAsync(
            parsed, terminal, new ControlRequest { Do = ControlVerb.Findings, Follow = parsed.GetValue(follow), Last = parsed.GetValue(last) }));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ControlRequest request)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        bool json = parsed.WantsJson();
        await foreach (ControlReply reply in host.AskAsync(request, terminal.Stop).ConfigureAwait(false))
        {
            if (reply.Finding is { } finding)
            {
                terminal.Out.WriteLine(json ? JsonSerializer.Serialize(finding, ControlReplyJson.Lines.DetectionFinding) : FindingView.Line(finding));
            }
            else if (reply.Missed is { } missed)
            {
                terminal.Error.WriteLine($"{missed} findings are not shown here: they came faster than they were taken. `ringwall findings` has them");
            }
        }

        return ExitCode.Done;
    }
}

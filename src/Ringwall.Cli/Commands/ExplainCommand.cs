using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

internal static class ExplainCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> path = new("PATH") { Description = "A file" };
        Command command = new("explain", "What would be decided for a file, by whom, and whether it is remembered") { path };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal, ParsedOptions.Absolute(parsed.GetRequiredValue(path))));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string path)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        ControlReply reply = await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Explain, Path = path }, terminal.Stop).ConfigureAwait(false);
        Explanation explanation = reply.Explanation!;
        if (parsed.WantsJson())
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(explanation, ControlReplyJson.Lines.Explanation));
        }
        else
        {
            ExplanationView.Write(terminal.Console, explanation);
        }

        return ExitCode.Done;
    }
}

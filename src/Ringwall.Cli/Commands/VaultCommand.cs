using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

/// <summary>Lists what sensors had done.</summary>
internal static class VaultCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> all = new("--all", "-a") { Description = "Also what was taken back, and what failed" };
        Command command = new("vault", "What sensors had done and can be taken back: quarantined files, blocks, isolation, kills") { all };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal, parsed.GetValue(all)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, bool all)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        List<ResponseLine> lines = [];
        await foreach (ControlReply reply in host.AskAsync(new ControlRequest { Do = ControlVerb.Responses }, terminal.Stop).ConfigureAwait(false))
        {
            if (reply.Response is { } line && (all || line.State is not ("undone" or "failed")))
            {
                lines.Add(line);
            }
        }

        if (parsed.WantsJson())
        {
            lines.ForEach(line => terminal.Out.WriteLine(JsonSerializer.Serialize(line, ControlReplyJson.Lines.ResponseLine)));
        }
        else
        {
            ResponseView.Write(terminal.Console, lines);
        }

        return ExitCode.Done;
    }
}

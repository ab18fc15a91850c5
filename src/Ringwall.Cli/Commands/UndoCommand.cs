using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

/// <summary>Takes back what sensors had done.</summary>
internal static class UndoCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string?> name = new("NAME") { Description = "What this sensor had done", Arity = ArgumentArity.ZeroOrOne };
        Option<DateTimeOffset?> since = SinceOption.Build("What was done since then: so long ago, as 90m, 2h, 3d, or a moment, as 2026-01-31T08:30");
        Option<long?> generation = new("--generation") { Description = "What this generation had done", HelpName = "N" };
        Option<long?> id = new("--id") { Description = "The one thing of this number, as `ringwall vault` lists it", HelpName = "ID" };
        Option<bool> dryRun = new("--dry-run") { Description = "Only show what would be done" };
        Command command = new("undo", "Take back what sensors had done: quarantines, blocks, isolation; the latest first") { name, since, generation, id, dryRun };
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is null && result.GetResult(since) is null && result.GetResult(generation) is null && result.GetResult(id) is null)
            {
                result.AddError("Say what is to be taken back: NAME, --since, --generation or --id");
            }
        });
        command.SetAction((parsed, _) => RunAsync(parsed, terminal, new ControlRequest
        {
            Do = ControlVerb.Undo,
            Name = parsed.GetValue(name),
            Since = parsed.GetValue(since),
            Number = parsed.GetValue(generation),
            Id = parsed.GetValue(id),
            DryRun = parsed.GetValue(dryRun),
        }));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ControlRequest request)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        int exit = ExitCode.Done;
        int lines = 0;
        await foreach (ControlReply reply in host.AskAsync(request, terminal.Stop).ConfigureAwait(false))
        {
            if (reply.Response is { } line)
            {
                lines++;
                exit = line.Result is "failed" ? ExitCode.NotDone : exit;
                terminal.Out.WriteLine(parsed.WantsJson() ? JsonSerializer.Serialize(line, ControlReplyJson.Lines.ResponseLine) : ResponseView.Undone(line));
            }
        }

        if (lines == 0 && !parsed.WantsJson())
        {
            terminal.Out.WriteLine("nothing was done that this is true of");
        }

        return exit;
    }
}

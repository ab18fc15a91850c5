using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

internal static class EventsCommand
{
    public static Command Build(Terminal terminal)
    {
        // Without --since there is nothing to show but what comes; --follow is taken then, too, because people type it.
        Option<bool> follow = new("--follow", "-f") { Description = "Go on until Ctrl-C (always so without --since)" };
        Option<DateTimeOffset?> since = SinceOption.Build("Begin with those that the journal has from TIME on: 30s, 10m, 2h, 1d ago, or a moment, 2026-01-31T08:30");
        Option<string[]> kinds = new("--kind")
        {
            Description = $"Only these: {string.Join(", ", EventKinds.All)}",
            HelpName = "KIND",
            AllowMultipleArgumentsPerToken = true,
        };
        kinds.AcceptOnlyFromAmong([.. EventKinds.All]);
        Option<string?> path = new("--path") { Description = "Only events about a path that begins so, or by a program that does", HelpName = "PATH" };
        Option<int?> count = new("--count", "-n") { Description = "End after so many", HelpName = "N" };
        Command command = new("events", "Process, file and network events as they happen") { follow, since, kinds, path, count };
        command.SetAction((parsed, _) => RunAsync(
            parsed,
            terminal,
            new ControlRequest
            {
                Do = ControlVerb.Events,
                Follow = parsed.GetValue(follow) || parsed.GetValue(since) is null,
                Since = parsed.GetValue(since),
                Kinds = parsed.GetValue(kinds) is { Length: > 0 } some ? some : null,
                Path = parsed.GetValue(path),
            },
            parsed.GetValue(count)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ControlRequest request, int? count)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        bool json = parsed.WantsJson();
        int left = count ?? int.MaxValue;
        await foreach (ControlReply reply in host.AskAsync(request, terminal.Stop).ConfigureAwait(false))
        {
            if (reply.Event is not { } line)
            {
                continue;
            }

            terminal.Out.WriteLine(json ? JsonSerializer.Serialize(line, ControlReplyJson.Lines.EventLine) : EventView.Line(line));
            if (--left <= 0)
            {
                break;
            }
        }

        return ExitCode.Done;
    }
}

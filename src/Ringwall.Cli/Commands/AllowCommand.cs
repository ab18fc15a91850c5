using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

internal static class AllowCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string?> path = new("PATH") { Description = "A file", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> note = new("--note") { Description = "Why; recorded with it", HelpName = "TEXT" };
        Option<bool> remove = new("--remove") { Description = "Take it back" };
        Option<bool> list = new("--list") { Description = "Show what is allowed" };
        Command command = new("allow", "Allow a file whatever sensors say; recorded with who and when") { path, note, remove, list };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(path) is null) != result.GetValue(list))
            {
                result.AddError("Name a PATH, or give --list");
            }
        });
        command.SetAction((parsed, _) => parsed.GetValue(list)
            ? ListAsync(parsed, terminal)
            : SayCommand.RunAsync(parsed, terminal, new ControlRequest
            {
                Do = parsed.GetValue(remove) ? ControlVerb.Disallow : ControlVerb.Allow,
                Path = ParsedOptions.Absolute(parsed.GetValue(path)!),
                Note = parsed.GetValue(note),
            }));
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, Terminal terminal)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        await foreach (ControlReply reply in host.AskAsync(new ControlRequest { Do = ControlVerb.Overrides }, terminal.Stop).ConfigureAwait(false))
        {
            if (reply.Override is { } line)
            {
                terminal.Out.WriteLine(parsed.WantsJson() ? JsonSerializer.Serialize(line, ControlReplyJson.Lines.OverrideLine) : Line(line));
            }
        }

        return ExitCode.Done;
    }

    private static string Line(OverrideLine line) =>
        $"{line.Path}  since {line.Since.ToLocalTime():yyyy-MM-dd HH:mm}, by user {line.ByUid}, used {line.Used} times{(line.Note is null ? "" : $": {line.Note}")}";
}

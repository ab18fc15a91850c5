using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Commands;

internal static class ProtectedCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> path = new("PATH") { Description = "A file" };
        Command command = new("protected", "Whether sensors' denials of a file are recorded instead of applied, and why") { path };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal, ParsedOptions.Absolute(parsed.GetRequiredValue(path))));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string path)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        ControlReply reply = await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Protected, Path = path }, terminal.Stop).ConfigureAwait(false);
        ProtectionLine line = reply.Protection!;
        if (parsed.WantsJson())
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(line, ControlReplyJson.Lines.ProtectionLine));
        }
        else
        {
            string word = line.Protected ? $"[{Palette.Good}]protected[/]" : $"[{Palette.Warning}]not protected[/]";
            terminal.Console.MarkupLine($"[bold]{Markup.Escape(line.Path)}[/] {word}: {Markup.Escape(line.Because)}");
        }

        return ExitCode.Done;
    }
}

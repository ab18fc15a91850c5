using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Probation;

namespace Ringwall.Cli.Commands;

internal static class ProbationCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> name = new("NAME") { Description = "As `ringwall sensors` lists it" };
        Argument<long?> number = new("N") { Description = "Which generation; the latest that was tried when not given", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("probation", "How a new generation is tried, or was, and why it passed or was refused") { name, number };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal, parsed.GetRequiredValue(name), parsed.GetValue(number)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string name, long? number)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        ControlRequest request = new() { Do = ControlVerb.Probation, Name = name, Number = number };
        ProbationReport report = (await host.AskOneAsync(request, terminal.Stop).ConfigureAwait(false)).Probation!;
        if (parsed.WantsJson())
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, ControlReplyJson.Lines.ProbationReport));
        }
        else
        {
            ProbationView.Write(terminal.Console, report);
        }

        return ExitCode.Done;
    }
}

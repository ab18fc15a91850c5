using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Ringwall.Cli.Commands;
using Ringwall.Wire;
using Ringwall.Wire.Control;

namespace Ringwall.Cli;

/// <summary>From arguments to an exit code. The one place where an error becomes words and a number.</summary>
internal static class Entry
{
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal)
    {
        RootCommand root = RingwallCommand.Build(terminal);
        ParseResult parsed = root.Parse(arguments);
        bool json = parsed.GetResult(CommonOptions.Json) is OptionResult { Implicit: false };
        if (parsed.Errors.Count > 0)
        {
            // System.CommandLine would print its help after the error, and end with 1.
            string command = CommandPath(parsed.CommandResult);
            foreach (ParseError wrong in parsed.Errors)
            {
                Tell(new ErrorReport(ExitCode.Usage, command, OneLine(wrong.Message), $"`{command} --help` shows how"), terminal, json);
            }

            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                terminal.Stop).ConfigureAwait(false);
        }
        catch (CommandException refused)
        {
            Tell(refused.Report, terminal, json);
            return refused.Report.Exit;
        }
        catch (OperationCanceledException) when (terminal.Stop.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (IOException gone) when (Terminal.IsBrokenPipe(gone))
        {
            // `ringwall events | head` is no error.
            return ExitCode.Done;
        }
    }

    private static void Tell(ErrorReport error, Terminal terminal, bool json) => terminal.Error.WriteLine(
        json ? JsonSerializer.Serialize(error, ControlReplyJson.Lines.ErrorReport)
        : error.Thing.StartsWith("ringwall", StringComparison.Ordinal) ? error.ToString()
        : $"ringwall: {error}");

    private static string OneLine(string message) =>
        string.Join(' ', message.Split((char[])['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private static string CommandPath(CommandResult result) => result.Parent is CommandResult parent
        ? $"{CommandPath(parent)} {result.Command.Name}"
        : "ringwall";
}

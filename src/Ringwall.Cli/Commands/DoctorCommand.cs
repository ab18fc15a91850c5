using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Up;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

internal static class DoctorCommand
{
    public static Command Build(Terminal terminal)
    {
        Command command = new("doctor", "What this kernel offers, what is used instead, and why");
        command.SetAction((parsed, _) => RunAsync(parsed, terminal));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal)
    {
        DoctorReport report = await FromRunningHostAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false)
            ?? await new Programs(Installation.OfThisProgram()).DoctorAsync(terminal.Stop).ConfigureAwait(false);
        terminal.Out.WriteLine(parsed.WantsJson() ? JsonSerializer.Serialize(report, ControlReplyJson.Lines.DoctorReport) : DoctorText.Of(report));
        return report.CanGuard ? ExitCode.Done : ExitCode.NeedsKernel;
    }

    // The running host sees what it really runs under: its own rights, its own namespaces.
    private static async Task<DoctorReport?> FromRunningHostAsync(string runDirectory, CancellationToken stop)
    {
        try
        {
            using HostConnection host = await HostConnection.OpenAsync(runDirectory, stop).ConfigureAwait(false);
            return (await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Doctor }, stop).ConfigureAwait(false)).Doctor;
        }
        catch (CommandException refused) when (refused.Report.Exit is ExitCode.NoHost or ExitCode.NeedsRight)
        {
            return null;
        }
    }
}

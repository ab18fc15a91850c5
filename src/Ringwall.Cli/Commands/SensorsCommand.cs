using System.CommandLine;
using System.Text.Json;
using Ringwall.Cli.Control;
using Ringwall.Cli.Views;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Commands;

internal static class SensorsCommand
{
    public static Command Build(Terminal terminal)
    {
        Command command = new("sensors", "State, strikes, latency and loss of each sensor")
        {
            Order(terminal, "restart", "End it and start it again, out of quarantine too", ControlVerb.RestartSensor),
            Order(terminal, "stop", "End it, and leave it ended", ControlVerb.StopSensor),
            Order(terminal, "start", "Start one that was stopped or is in quarantine", ControlVerb.StartSensor),
        };
        command.SetAction((parsed, _) => ListAsync(parsed, terminal));
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, Terminal terminal)
    {
        using HostConnection host = await HostConnection.OpenAsync(parsed.RunDirectory(), terminal.Stop).ConfigureAwait(false);
        HostStatus status = (await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Status }, terminal.Stop).ConfigureAwait(false)).Status!;
        if (parsed.WantsJson())
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(status.Sensors, ControlReplyJson.Lines.IReadOnlyListSensorStatus));
        }
        else
        {
            SensorsView.Write(terminal.Console, status.Sensors, status.Now);
        }

        return ExitCode.Done;
    }

    private static Command Order(Terminal terminal, string name, string what, string verb)
    {
        Argument<string> sensor = new("NAME") { Description = "As `ringwall sensors` lists it" };
        Command command = new(name, what) { sensor };
        command.SetAction((parsed, _) =>
            SayCommand.RunAsync(parsed, terminal, new ControlRequest { Do = verb, Name = parsed.GetRequiredValue(sensor) }));
        return command;
    }
}

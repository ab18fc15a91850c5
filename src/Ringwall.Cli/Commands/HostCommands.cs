using System.CommandLine;
using Ringwall.Wire.Control;

namespace Ringwall.Cli.Commands;

/// <summary>Orders about the host as a whole.</summary>
internal static class HostCommands
{
    public static Command HandOver(Terminal terminal) => Order(
        terminal, "hand-over", "Start the installed host program in the running one's place, after an upgrade", ControlVerb.HandOver);

    public static Command Stop(Terminal terminal) => Order(terminal, "stop", "End the host, its keeper and all sensors", ControlVerb.Stop);

    private static Command Order(Terminal terminal, string name, string what, string verb)
    {
        Command command = new(name, what);
        command.SetAction((parsed, _) => SayCommand.RunAsync(parsed, terminal, new ControlRequest { Do = verb }));
        return command;
    }
}

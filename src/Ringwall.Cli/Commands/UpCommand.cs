using System.CommandLine;
using Ringwall.Cli.Up;

namespace Ringwall.Cli.Commands;

internal static class UpCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<string[]> guard = new("--guard") { Description = "Ask on every open below PATH, besides /home, /root, /tmp and /var/tmp", HelpName = "PATH" };
        Option<bool> tellOnly = new("--tell-only") { Description = "Ask nothing; only watch" };
        Option<bool> plain = new("--plain") { Description = "Print lines instead of the live view (so it is when nobody looks)" };
        Option<string[]> rules = new("--rules") { Description = "Rules of your own, besides those that come with the sensors", HelpName = "DIR" };
        Option<string[]> mounts = new("--mount") { Description = "Guard this mount point alone, for trying things out", HelpName = "PATH" };
        Option<string?> fleet = new("--fleet") { Description = "Bring a fleet along: server, agent, and a vendor that publishes; DIR keeps its keys and its data", HelpName = "DIR" };
        Option<double> pace = new("--fleet-pace") { Description = "Seconds that one minute of that fleet's rollouts lasts", HelpName = "SECONDS", DefaultValueFactory = _ => 2 };
        Option<string> state = new("--state-dir")
        {
            Description = "Where findings and overrides are kept",
            HelpName = "DIR",
            DefaultValueFactory = _ => CommonOptions.DefaultStateDirectory,
        };
        Command command = new("up", "Guard this machine in the foreground; Ctrl-C leaves it as it was") { guard, tellOnly, plain, rules, mounts, fleet, pace, state };
        command.SetAction((parsed, _) => new UpRun(Installation.OfThisProgram(), terminal).RunAsync(
            new UpRequest
            {
                RunDirectory = parsed.RunDirectory(),
                StateDirectory = ParsedOptions.Absolute(parsed.GetRequiredValue(state)),
                Guard = All(parsed.GetValue(guard)),
                TellOnly = parsed.GetValue(tellOnly),
                Rules = All(parsed.GetValue(rules)),
                Mounts = All(parsed.GetValue(mounts)),
                FleetFolder = parsed.GetValue(fleet) is { } folder ? ParsedOptions.Absolute(folder) : null,
                FleetPace = parsed.GetValue(pace),
            },
            parsed.WantsJson() ? UpOutput.Json : parsed.GetValue(plain) || !terminal.IsInteractive ? UpOutput.Plain : UpOutput.Live));
        return command;
    }

    private static IReadOnlyList<string> All(string[]? paths) => [.. (paths ?? []).Select(ParsedOptions.Absolute)];
}

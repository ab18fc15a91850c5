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
        Option<string?> state = new("--state-dir")
        {
            Description = $"Where findings and overrides are kept ({CommonOptions.DefaultStateDirectory}; with --fleet its DIR/host)",
            HelpName = "DIR",
        };
        Command command = new("up", "Guard this machine in the foreground; Ctrl-C leaves it as it was") { guard, tellOnly, plain, rules, mounts, fleet, pace, state };
        command.SetAction((parsed, _) =>
        {
            string? folder = parsed.GetValue(fleet) is { } given ? ParsedOptions.Absolute(given) : null;
            return new UpRun(Installation.OfThisProgram(), terminal).RunAsync(
                new UpRequest
                {
                    RunDirectory = parsed.RunDirectory(),
                    // A host is a device of one fleet, and remembers which: each fleet's is another.
                    StateDirectory = parsed.GetValue(state) is { } kept ? ParsedOptions.Absolute(kept) : folder is null ? CommonOptions.DefaultStateDirectory : Path.Combine(folder, "host"),
                    Guard = All(parsed.GetValue(guard)),
                    TellOnly = parsed.GetValue(tellOnly),
                    Rules = All(parsed.GetValue(rules)),
                    Mounts = All(parsed.GetValue(mounts)),
                    FleetFolder = folder,
                    FleetPace = parsed.GetValue(pace),
                },
                parsed.WantsJson() ? UpOutput.Json : parsed.GetValue(plain) || !terminal.IsInteractive ? UpOutput.Plain : UpOutput.Live);
        });
        return command;
    }

    private static IReadOnlyList<string> All(string[]? paths) => [.. (paths ?? []).Select(ParsedOptions.Absolute)];
}

using System.CommandLine;
using Ringwall.Cli.Up;
using Ringwall.Wire;

namespace Ringwall.Cli.Commands;

internal static class DrillCommand
{
    private const string DefaultFolder = CommonOptions.DefaultStateDirectory + "/drills";

    public static Command Build(Terminal terminal)
    {
        Argument<string[]> names = new("NAME") { Description = "Which, as the list has them; 02 or sophos is enough. Without one they are listed", Arity = ArgumentArity.ZeroOrMore };
        Option<string> output = new("--out") { Description = "Where the report goes: index.html, museum.json", HelpName = "DIR", DefaultValueFactory = _ => DefaultFolder };
        Command command = new("drill", "Rehearse a bad update of the past on filesystems of its own; this machine is neither guarded nor changed") { names, output };
        command.SetAction((parsed, _) =>
        {
            string[] chosen = parsed.GetValue(names) ?? [];
            if (chosen.Length > 0 && !Environment.IsPrivilegedProcess)
            {
                throw new CommandException(ExitCode.NeedsRight, "ringwall drill", "a rehearsal mounts filesystems and guards them, which needs root", "use sudo");
            }

            string[] json = parsed.WantsJson() ? ["--json"] : [];
            return new Programs(Installation.OfThisProgram()).MuseumAsync(
                chosen.Length == 0 ? ["list", .. json] : ["drill", .. chosen, "--out", ParsedOptions.Absolute(parsed.GetRequiredValue(output)), .. json]);
        });
        return command;
    }
}

using System.CommandLine;
using Ringwall.Wire;

namespace Ringwall.Cli.Commands;

/// <summary>What was given on the command line, as the commands need it.</summary>
internal static class ParsedOptions
{
    public static bool WantsJson(this ParseResult parsed) => parsed.GetValue(CommonOptions.Json);

    public static string RunDirectory(this ParseResult parsed) => Path.GetFullPath(parsed.GetValue(CommonOptions.RunDirectory)!);

    /// <summary>A path as the host needs it: absolute, links left as they are (the host says what is behind them).</summary>
    public static string Absolute(string path) => path.Length > 0
        ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new CommandException(ExitCode.Usage, "PATH", "it is empty", "name a file");
}

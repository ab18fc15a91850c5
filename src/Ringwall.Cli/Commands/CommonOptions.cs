using System.CommandLine;

namespace Ringwall.Cli.Commands;

/// <summary>Options that every command takes.</summary>
internal static class CommonOptions
{
    public const string DefaultRunDirectory = "/run/ringwall";
    public const string DefaultStateDirectory = "/var/lib/ringwall";

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write JSON, one document a line",
        Recursive = true,
    };

    public static readonly Option<string> RunDirectory = new("--run-dir")
    {
        Description = "Where the host has its control socket",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultRunDirectory,
        Recursive = true,
    };
}

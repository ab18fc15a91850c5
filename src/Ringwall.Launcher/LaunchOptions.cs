using System.Globalization;
using Ringwall.Kernel.Processes;

namespace Ringwall.Launcher;

/// <summary>What the command line asks for. The host writes it; a person can too, to look into a sandbox.</summary>
internal sealed class LaunchOptions
{
    public const string Usage =
        "usage: ringwall-launcher --root DIR --uid N --gid N --host NAME [--exec SOURCE TARGET] [--read SOURCE TARGET] "
        + "[--device SOURCE TARGET] [--scratch TARGET BYTES INODES] [--scratch-folder SOURCE TARGET] [--file TARGET TEXT] [--link TARGET TEXT] [--limit KIND N] [--env NAME=VALUE] -- PROGRAM [ARGUMENT]";

    /// <summary>An empty directory. The sandbox is built on it, in a mount namespace that nobody else sees.</summary>
    public string Root { get; private set; } = "";

    public uint User { get; private set; }

    public uint Group { get; private set; }

    public string HostName { get; private set; } = "sensor";

    public List<View> Views { get; } = [];

    /// <summary>The one place that the sensor may write to; null when there is none.</summary>
    public ScratchPlace? Scratch { get; private set; }

    /// <summary>Small files, made of the text given.</summary>
    public List<(string Target, string Text)> Files { get; } = [];

    public List<(string Target, string Text)> Links { get; } = [];

    public List<(LimitKind Kind, ulong Value)> Limits { get; } = [];

    public List<string> Environment { get; } = [];

    /// <summary>The program and its arguments.</summary>
    public List<string> Program { get; } = [];

    /// <exception cref="FormatException">It cannot be read; the message says where.</exception>
    public static LaunchOptions Parse(string[] arguments)
    {
        LaunchOptions options = new();
        int at = 0;
        while (at < arguments.Length && arguments[at] != "--")
        {
            string option = arguments[at++];
            switch (option)
            {
                case "--root": options.Root = Next(); break;
                case "--uid": options.User = Number(); break;
                case "--gid": options.Group = Number(); break;
                case "--host": options.HostName = Next(); break;
                case "--exec": options.Views.Add(new View(Next(), Target(), ViewKind.Programs)); break;
                case "--read": options.Views.Add(new View(Next(), Target(), ViewKind.Data)); break;
                case "--device": options.Views.Add(new View(Next(), Target(), ViewKind.Device)); break;
                case "--scratch": options.Scratch = new ScratchPlace(Target(), Long(), Long(), null); break;
                case "--scratch-folder":
                    string folder = Next();
                    options.Scratch = new ScratchPlace(Target(), 0, 0, folder);
                    break;
                case "--file": options.Files.Add((Target(), Next())); break;
                case "--link": options.Links.Add((Target(), Next())); break;
                case "--limit": options.Limits.Add((Enum.Parse<LimitKind>(Next()), ulong.Parse(Next(), CultureInfo.InvariantCulture))); break;
                case "--env": options.Environment.Add(Next()); break;
                default: throw new FormatException($"unknown option {option}");
            }
        }

        options.Program.AddRange(arguments.AsSpan(Math.Min(at + 1, arguments.Length)));
        if (options.Program.Count == 0 || options.Root.Length == 0 || options.User == 0 || options.Group == 0)
        {
            throw new FormatException("--root, --uid, --gid and a program are needed, and nothing here runs as root");
        }

        return options;

        string Next() => at < arguments.Length ? arguments[at++] : throw new FormatException("the last option lacks its value");

        long Long() => long.Parse(Next(), NumberStyles.None, CultureInfo.InvariantCulture);

        uint Number() => uint.Parse(Next(), CultureInfo.InvariantCulture);

        string Target()
        {
            string target = Next();
            return target.StartsWith('/') && !target.Contains("/../", StringComparison.Ordinal)
                ? target
                : throw new FormatException($"{target} is no absolute path");
        }
    }
}

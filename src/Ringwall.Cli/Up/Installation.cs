using Ringwall.Wire;

namespace Ringwall.Cli.Up;

/// <summary>Where the programs lie: bin/ with ours, sensors/NAME/ with the sensors, as `./rw publish` lays it out.</summary>
internal sealed record Installation(string Root)
{
    public string Host => Path.Combine(Root, "bin", "ringwalld");

    public string Keeper => Path.Combine(Root, "bin", "ringwall-keeper");

    /// <summary>Replays bad updates; an installation may do without.</summary>
    public string Museum => Path.Combine(Root, "museum", "ringwall-museum");

    public string Agent => Path.Combine(Root, "bin", "ringwall-agent");

    public string Server => Path.Combine(Root, "server", "ringwall-server");

    public static Installation OfThisProgram() =>
        new(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)) ?? "/");

    /// <summary>The folders of the sensors, in the order of their names.</summary>
    public IReadOnlyList<string> SensorFolders()
    {
        string sensors = Path.Combine(Root, "sensors");
        return Directory.Exists(sensors)
            ? [.. Directory.EnumerateDirectories(sensors).Where(folder => File.Exists(Path.Combine(folder, "sensor.json"))).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <exception cref="CommandException">A program is missing.</exception>
    public static void Require(params string[] programs)
    {
        foreach (string program in programs)
        {
            if (!File.Exists(program))
            {
                throw new CommandException(ExitCode.NotDone, program, "this program is not installed", "run `./rw publish`, or install Ringwall whole");
            }
        }
    }
}

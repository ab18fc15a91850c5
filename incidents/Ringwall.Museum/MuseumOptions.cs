using System.Globalization;

namespace Ringwall.Museum;

/// <summary>The arguments of ringwall-museum.</summary>
internal sealed record MuseumOptions
{
    public const string Usage =
        """
        usage: ringwall-museum run [NAME]… [--out DIR] [--docs DIR] [--jobs N]
                                                            replays exhibits and their controls, all when none is named; --docs writes museum.md and its pictures
               ringwall-museum drill NAME… [--out DIR] [--json]
                                                            replays exhibits alone, as a rehearsal on this machine
               ringwall-museum soak [--minutes N] [--seed S] [--out FILE]
                                                            does to a guard what can be done to one, at random; the same seed does the same
               ringwall-museum list [--json]
        --out DIR: where the report goes (museum, in this folder). --json: a line for each exhibit, of what museum.json has
        --grace-ms N: how late an answer may be, beyond its deadline (50); for machines on which much else runs
        Everything happens on filesystems that it mounts itself. Exit codes: 0 all as it should be, 1 harm was done or a control did none, 2 wrong use.
        """;

    public required string Command { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Null: below the current folder.</summary>
    public string? Out { get; init; }

    /// <summary>Print JSON, a line for each exhibit.</summary>
    public bool Json { get; init; }

    /// <summary>How many exhibits are played at once; more than one makes each of them busier.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>The folder to write museum.md into from this run, too; null for none.</summary>
    public string? Docs { get; init; }

    public double Minutes { get; init; } = 2;

    public double GraceMs { get; init; } = Replays.Judgement.UsualGraceMs;

    public int? Seed { get; init; }

    /// <returns>Null when the arguments make no sense.</returns>
    public static MuseumOptions? Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            return null;
        }

        MuseumOptions read = new() { Command = arguments[0] };
        for (int i = 1; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--out" when i + 1 < arguments.Count:
                    read = read with { Out = Path.GetFullPath(arguments[++i]) };
                    break;
                case "--docs" when i + 1 < arguments.Count:
                    read = read with { Docs = Path.GetFullPath(arguments[++i]) };
                    break;
                case "--json":
                    read = read with { Json = true };
                    break;
                case "--jobs" when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out int jobs) && jobs > 0:
                    (read, i) = (read with { Jobs = jobs }, i + 1);
                    break;
                case "--minutes" when i + 1 < arguments.Count && double.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out double minutes):
                    (read, i) = (read with { Minutes = minutes }, i + 1);
                    break;
                case "--grace-ms" when i + 1 < arguments.Count && double.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out double grace):
                    (read, i) = (read with { GraceMs = grace }, i + 1);
                    break;
                case "--seed" when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out int seed):
                    (read, i) = (read with { Seed = seed }, i + 1);
                    break;
                case var name when !name.StartsWith('-'):
                    read = read with { Names = [.. read.Names, name] };
                    break;
                default:
                    return null;
            }
        }

        return read.Command is "run" or "list" or "soak" || (read.Command == "drill" && read.Names.Count > 0) ? read : null;
    }
}

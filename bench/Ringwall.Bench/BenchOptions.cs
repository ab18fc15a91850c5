using System.Globalization;

namespace Ringwall.Bench;

internal sealed record BenchOptions
{
    public const string Usage = """
        usage: bench/run [ask|tell|workload|footprint|probation|succession|update]... [--quick] [--rounds N] [--only SIDE[,SIDE...]] [--strict]

        Measures all sides in turn, several rounds, prints tables with ratios, and writes artifacts/bench/NAME.json.
        Without a name: all seven. Needs root. Works in a mount namespace of its own and guards nothing but its own tmpfs.

          --quick      one round of few operations: shows that everything works, measures nothing
          --rounds N   how often each side is measured
          --only SIDES only these sides, e.g. unguarded,c,one_sensor
          --strict     exit with 1 when a bar is not reached
        """;

    private static readonly string[] All = ["ask", "tell", "workload", "footprint", "probation", "succession", "update"];

    public IReadOnlyList<string> Names { get; private init; } = All;

    public bool Quick { get; private init; }

    public bool Strict { get; private init; }

    /// <summary>Null: each bench's own choice.</summary>
    public int? Rounds { get; private init; }

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>The repository.</summary>
    public string Root { get; } = FindRoot();

    public bool Wants(string side) => Only.Count == 0 || Only.Contains(side);

    public int RoundsOr(int usual) => Quick ? 1 : Rounds ?? usual;

    public static BenchOptions? Parse(IReadOnlyList<string> arguments, out string reason)
    {
        var names = new List<string>();
        var options = new BenchOptions();
        reason = "";
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--strict":
                    options = options with { Strict = true };
                    break;
                case "--rounds" when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    i++;
                    break;
                case "--only" when i + 1 < arguments.Count:
                    options = options with { Only = arguments[++i].Split(',') };
                    break;
                case var name when All.Contains(name):
                    names.Add(name);
                    break;
                default:
                    reason = $"'{arguments[i]}' is not understood, or its value is missing";
                    return null;
            }
        }

        return names.Count == 0 ? options : options with { Names = names };
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Ringwall.slnx")))
            {
                return at.FullName;
            }
        }

        throw new BenchException($"no Ringwall.slnx above {AppContext.BaseDirectory}; the bench measures what its repository built");
    }
}

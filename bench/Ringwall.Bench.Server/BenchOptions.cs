namespace Ringwall.Bench.Server;

/// <summary>How much to measure.</summary>
internal sealed record BenchOptions
{
    public const string Usage = "usage: ./rw bench server [--quick] [--devices N] [--rounds N] [--strict]\n  --strict: exit code 1 when a bar is missed";

    public int Devices { get; init; } = 1_000_000;

    public int Rounds { get; init; } = 5;

    public int Seconds { get; init; } = 5;

    /// <summary>Seconds of load until the runtime has compiled what is hot.</summary>
    public int WarmUp { get; init; } = 12;

    public int[] Sizes { get; init; } = [10_000, 30_000, 100_000, 300_000, 1_000_000];

    public bool Quick { get; init; }

    public bool Strict { get; init; }

    public static BenchOptions? Parse(string[] args)
    {
        BenchOptions options = new();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true, Devices = Math.Min(options.Devices, 20_000), Rounds = 1, Seconds = 2, WarmUp = 6, Sizes = [10_000, 30_000] };
                    break;
                case "--strict":
                    options = options with { Strict = true };
                    break;
                case "--devices" when i + 1 < args.Length && int.TryParse(args[i + 1], out int devices) && devices is >= 1000 and <= 5_000_000:
                    options = options with { Devices = devices };
                    i++;
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], out int rounds) && rounds is >= 1 and <= 50:
                    options = options with { Rounds = rounds };
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}

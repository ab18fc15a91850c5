using System.Text;

namespace Ringwall.Bench.Sensor;

/// <summary>What the bench wants this sensor to be. All of it stands in the sensor's manifest.</summary>
internal sealed record BenchSensorOptions
{
    public string Name { get; private set; } = "bench";

    /// <summary>Paths that end like this are denied, which shows from outside that this sensor judges.</summary>
    public byte[] Deny { get; private set; } = [];

    public bool Asks { get; private set; }

    public bool Tells { get; private set; }

    /// <summary>Allow for ever, as a sensor does whose verdict depends on the bytes alone.</summary>
    public bool Cacheable { get; private set; }

    /// <summary>Take the descriptor and read the file's head.</summary>
    public bool Reads { get; private set; }

    public static bool TryParse(ReadOnlySpan<string> arguments, out BenchSensorOptions options)
    {
        options = new BenchSensorOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--name" when i + 1 < arguments.Length:
                    options.Name = arguments[++i];
                    break;
                case "--deny" when i + 1 < arguments.Length:
                    options.Deny = Encoding.UTF8.GetBytes(arguments[++i]);
                    break;
                case "--asks":
                    options.Asks = true;
                    break;
                case "--tells":
                    options.Tells = true;
                    break;
                case "--cacheable":
                    options.Cacheable = true;
                    break;
                case "--reads":
                    options.Reads = true;
                    break;
                default:
                    Console.Error.WriteLine($"ringwall-bench-sensor: '{arguments[i]}' is not understood");
                    return false;
            }
        }

        return true;
    }
}

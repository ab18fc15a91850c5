using Ringwall.Sdk;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Scanning;
using Ringwall.Sensors.Yara.Sensing;

try
{
    if (args is ["scan", ..])
    {
        using var output = new BufferedStream(Console.OpenStandardOutput(), 64 << 10);
        try
        {
            return new ScanCommand(output, Console.Error).Run(args.AsSpan(1));
        }
        catch (IOException e)
        {
            // Whoever read the output has gone, or its disk is full.
            Console.Error.WriteLine($"ringwall-sensor-yara: the matches cannot be written: {e.Message}");
            Environment.Exit(ScanCommand.SomePathWasNotScanned);
        }
    }

    return Sense(args);
}
catch (YaraException e)
{
    Console.Error.WriteLine($"ringwall-sensor-yara: {e.Message}");
    return 1;
}

static int Sense(string[] arguments)
{
    const int BadUsageOrRule = 2;
    var settings = new YaraSensorSettings();
    var named = new List<string>();
    for (int i = 0; i < arguments.Length; i++)
    {
        switch (arguments[i])
        {
            case "--rules" when i + 1 < arguments.Length:
                named.Add(arguments[++i]);
                break;
            case "--deny-unscanned":
                settings = settings with { DenyUnscanned = true };
                break;
            default:
                Console.Error.WriteLine("""
                    Usage: ringwall-sensor-yara [--rules DIR|FILE ...] [--deny-unscanned]      (started by a host)

                    """ + ScanCommand.Usage);
                return BadUsageOrRule;
        }
    }

    var faults = new List<RuleFault>();
    IReadOnlyList<string> files = SensorContent.Files(Path.Combine(AppContext.BaseDirectory, "rules"), "/content", named, faults);
    using RuleSet rules = RuleLoader.Load(files, faults);
    foreach (RuleFault fault in faults)
    {
        Console.Error.WriteLine(fault);
    }

    if (rules.Files == 0)
    {
        Console.Error.WriteLine("ringwall-sensor-yara: there is no rule to evaluate. Give content folders with .yar or .yara files.");
        return BadUsageOrRule;
    }

    return Sensor.Run(new YaraSensor(settings, rules, faults, SensorContent.Version(files)), new SensorOptions { Workers = 2 });
}

using Ringwall.Sdk;
using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Sensing;

/// <summary>Runs the sensor for a host: with the rules that travel beside the program, and with what the host was told to add.</summary>
internal static class SensorCommand
{
    /// <summary>Where the sandbox shows the folders that the host's configuration names for this sensor.</summary>
    private const string ContentFolder = "/content";

    /// <summary>The host keeps the last lines that a sensor wrote; a broken pack must not push everything else out.</summary>
    private const int MostFaultLines = 50;

    public static int Run(TextWriter errors)
    {
        RulePack pack = RulePack.Load(RuleFolders());
        foreach (RuleFault fault in pack.Faults.Take(MostFaultLines))
        {
            errors.WriteLine(fault);
        }

        if (pack.Faults.Count > MostFaultLines)
        {
            errors.WriteLine($"and {pack.Faults.Count - MostFaultLines} more; sigma-replay shows all");
        }

        if (pack.Rules.Count == 0)
        {
            errors.WriteLine($"no rule was loaded: {pack.Faults.Count} refused, {pack.NotApplicable} about other log sources; the sensor would watch for nothing and ends");
            return ExitCode.Usage;
        }

        return Sensor.Run(new SigmaSensor(pack));
    }

    private static List<string> RuleFolders()
    {
        List<string> folders = [Path.Combine(AppContext.BaseDirectory, "rules")];
        if (Directory.Exists(ContentFolder))
        {
            folders.AddRange(Directory.GetDirectories(ContentFolder).Order(StringComparer.Ordinal));
        }

        return folders;
    }
}

using System.Reflection;
using System.Text.Json;
using Ringwall.Host.Decide;
using Ringwall.Host.Doctor;
using Ringwall.Host.Sandboxes;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Configuration;

/// <summary>What ringwalld can be asked for besides being the host.</summary>
internal static class Errands
{
    public static string Version { get; } =
        typeof(Errands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <returns>False when the options ask for a host.</returns>
    public static bool TryRun(HostOptions options, TextWriter @out, TextWriter error, out int exit)
    {
        exit = ExitCode.Done;
        switch (options.Mode)
        {
            case HostMode.Help:
                @out.WriteLine(HostOptions.Usage);
                return true;
            case HostMode.Version:
                @out.WriteLine(Version);
                return true;
            case HostMode.Doctor:
                exit = Examine(options.Json, @out);
                return true;
            case HostMode.Check:
                exit = Complain(Check(options.Configure()), error) ? ExitCode.Usage : ExitCode.Done;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Tells all problems of a configuration, one a line.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool Complain(ConfigurationResult result, TextWriter error)
    {
        foreach (ConfigurationProblem problem in result.Problems)
        {
            error.WriteLine($"ringwalld: {problem}");
        }

        return result.Problems.Count > 0;
    }

    // The host itself starts without a sensor whose manifest is broken, and reads the overrides itself; a person who checks wants to know before.
    private static ConfigurationResult Check(ConfigurationResult result)
    {
        List<ConfigurationProblem> problems = [.. result.Problems];
        foreach (SensorConfiguration sensor in result.Configuration?.Sensors ?? [])
        {
            if (sensor.Folder.Length > 0 && SensorManifestFile.Read(sensor.Folder, out IReadOnlyList<ConfigurationProblem> found) is null)
            {
                problems.AddRange(found);
            }
        }

        if (result.Configuration is { } configuration && OverrideBook.Check(configuration.StateDirectory) is { } broken)
        {
            problems.Add(broken);
        }

        return result with { Problems = problems };
    }

    private static int Examine(bool json, TextWriter @out)
    {
        DoctorReport report = Examination.Run(Version);
        @out.WriteLine(json ? JsonSerializer.Serialize(report, ControlReplyJson.Lines.DoctorReport) : DoctorText.Of(report));
        return report.CanGuard ? ExitCode.Done : ExitCode.NeedsKernel;
    }
}

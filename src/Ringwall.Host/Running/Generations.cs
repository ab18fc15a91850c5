using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Running;

/// <summary>What a running host's crew needs to know of generations.</summary>
internal static class Generations
{
    /// <summary>The store; null, and said, when the disk refuses: the sensors that the configuration names run all the same.</summary>
    public static GenerationStore? OpenStore(HostConfiguration configuration, Action<string> say)
    {
        try
        {
            GenerationStore store = GenerationStore.Open(configuration);
            foreach (string problem in store.Problems)
            {
                say(problem);
            }

            return store;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            say($"installed generations cannot be used, what the configuration names runs: {refused.Message}; mend {configuration.StateDirectory} and start the host again");
            return null;
        }
    }

    public static SuccessionPolicy Policy(HostConfiguration configuration) => new()
    {
        FallbackFor = TimeSpan.FromSeconds(configuration.Generations.FallbackSeconds),
        PromotesByItself = configuration.Generations.PromoteByItself,
        Tries = configuration.Has(Guard.Probation),
        FallsBack = configuration.Has(Guard.Fallback),
    };

    /// <summary>What probations of this host are measured by; the parts of the host that they use are still to be added.</summary>
    public static ProbationContext Probation(HostConfiguration configuration) => new()
    {
        // Where nobody is asked there are no asks to wait for.
        Bounds = configuration.TellOnly ? configuration.Generations.Probation with { Asks = 0 } : configuration.Generations.Probation,
        Folder = Path.Combine(configuration.StateDirectory, GenerationStore.FolderName),
        HostVersion = Errands.Version,
        Cell = _ => CellFacts.Read("/", []),
    };

    /// <summary>Compares a generation's files with what was installed, before each start.</summary>
    public static Action<SensorConfiguration> Verifying(GenerationStore? store) => sensor =>
    {
        try
        {
            if (store?.Of(sensor.Name).FirstOrDefault(one => one.Number == sensor.Generation) is { } generation)
            {
                store.Verify(generation);
            }
        }
        catch (Exception refused) when (refused is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(refused.Message);
        }
    };

    /// <summary>Tells whoever reads findings that a sensor fell back.</summary>
    public static Action<FallbackEvent> Reporting(FindingLog findings) => fallback => findings.Report(
        new FindingSource(fallback.Sensor, "", "", "", (int)fallback.Failed),
        new FindingMessage
        {
            RuleId = "ringwall.generations.fell-back",
            Title = $"{fallback.Sensor} fell back from generation {fallback.Failed} to {fallback.Back}",
            Description = $"{fallback.Why}. Generation {fallback.Failed} is refused until a person forgives it or a newer release comes.",
            Severity = Severity.High,
        });
}

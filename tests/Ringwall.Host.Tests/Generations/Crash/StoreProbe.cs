using Ringwall.Host.Configuration;
using Ringwall.Host.Generations.Store;

namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>
/// A process that does to a store what it is told, one order a line: what to do, and the state directory. Each order is carried out by a thread of its own, whose file
/// system calls are therefore its first, second, third …; what came of it is one line.
/// </summary>
internal static class StoreProbe
{
    public const string Word = "store-probe";

    public static int Run(string packages)
    {
        while (Console.In.ReadLine() is { } order)
        {
            string[] parts = order.Split(' ', 2);
            string said = "";
            Thread thread = new(() => said = Do(parts[0], parts[1], packages));
            thread.Start();
            thread.Join();
            Console.Out.WriteLine(said);
        }

        return 0;
    }

    /// <summary>What the sensor of all these stores is configured as.</summary>
    public static HostConfiguration Configuration(string state) => new()
    {
        StateDirectory = state,
        Sensors = [new SensorConfiguration { Name = "marker", Folder = "" }],
        Generations = new GenerationRules { KeepCount = 3 },
    };

    /// <summary>Opens the store and does it; when the disk refuses, once more.</summary>
    /// <returns>"done", "done again after: …", or what went wrong.</returns>
    public static string Do(string what, string state, string packages)
    {
        string first = "";
        GenerationStore? store = null;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                if (what.StartsWith("careless", StringComparison.Ordinal))
                {
                    Careless(what, state, packages);
                }
                else
                {
                    store ??= GenerationStore.Open(Configuration(state));
                    Act(store, what, packages);
                }

                return attempt == 0 ? "done" : $"done again after: {first}";
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or StoreException)
            {
                // What was done before the disk refused to confirm it cannot be done twice.
                if (attempt == 1 && refused is StoreException { Fault: StoreFault.State })
                {
                    return $"done again after: {first}";
                }

                first += $"{refused.GetType().Name} {refused.Message.ReplaceLineEndings(" ")} ";
            }
            catch (Exception broken)
            {
                return $"broken: {broken.ToString().ReplaceLineEndings(" ")}";
            }
        }

        return $"failed twice: {first}";
    }

    private static void Act(GenerationStore store, string what, string packages)
    {
        switch (what)
        {
            case "install":
                using (FileStream package = new(Path.Combine(packages, "next.tar.gz"), FileMode.Open, FileAccess.Read))
                {
                    _ = store.Install(package, null, out _);
                }

                break;
            case "promote": store.Promote("marker", 2); break;
            case "fallback": store.FallBack("marker", "it failed"); break;
            default: store.CleanUp(); break;
        }
    }

    // The control: in place, one file after another, as if nothing could happen on the way.
    private static void Careless(string what, string state, string packages)
    {
        string shelf = Path.Combine(state, "generations", "marker");
        if (what == "careless-promote")
        {
            File.Copy(Path.Combine(packages, "promoted.json"), Path.Combine(shelf, "state.json"), overwrite: true);
            return;
        }

        Trees.Copy(Path.Combine(packages, "installed"), Path.Combine(shelf, "2"));
    }
}

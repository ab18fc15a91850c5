using System.Globalization;
using Ringwall.Museum;
using Ringwall.Museum.Chaos;
using Ringwall.Museum.Exhibits;
using Ringwall.Museum.Pages;
using Ringwall.Museum.Replays;
using Ringwall.Museum.Staging;

if (MuseumOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(MuseumOptions.Usage);
    return 2;
}

Judgement.GraceMs = options.GraceMs;
try
{
    return options.Command switch
    {
        "list" => List(),
        "soak" => SoakFor(options),
        _ => Play(options, controls: options.Command == "run"),
    };
}
catch (MuseumException refused)
{
    Console.Error.WriteLine($"museum: {refused.Message}");
    return 1;
}

static int List()
{
    foreach (Exhibit exhibit in ExhibitFile.All())
    {
        Console.WriteLine($"{exhibit.Name,-44} {exhibit.Fault} ({exhibit.Guard})");
    }

    return 0;
}

static int SoakFor(MuseumOptions options)
{
    int seed = options.Seed ?? Environment.TickCount & 0xff_ffff;
    Console.WriteLine($"seed {seed}");
    SoakReport report;
    using (Soak soak = new(seed, options.Minutes))
    {
        report = soak.Run(Console.WriteLine);
    }

    report.Write(options.Out ?? Path.Combine(Programs.Root, "artifacts", "soak.json"));
    report.Broken.ForEach(Console.WriteLine);
    Console.WriteLine($"{report.Faults.Values.Sum()} faults, {report.Operations} operations, longest wait {report.LongestWaitMs:0} ms ({report.LongestWait}), invariants broken: {report.Broken.Count}");
    if (report.Broken.Count > 0)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"./rw soak --minutes {options.Minutes} --seed {seed} does the same again"));
    }

    return report.Broken.Count == 0 ? 0 : 1;
}

static int Play(MuseumOptions options, bool controls)
{
    string folder = options.Out ?? Programs.Artifacts;
    List<ExhibitResult> results = [];
    Console.WriteLine(ResultTable.Head);
    Parallel.ForEach(ExhibitFile.Named(options.Names), new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, exhibit =>
    {
        if (TryReplay(exhibit, controls) is not { } result)
        {
            return;
        }

        lock (results)
        {
            results.Add(result);
            results.Sort((a, b) => string.CompareOrdinal(a.Exhibit.Name, b.Exhibit.Name));
            Console.WriteLine(ResultTable.Line(result));
            foreach (string harm in result.Played.Harms)
            {
                Console.WriteLine($"    harm: {harm}");
            }

            MuseumJson.Write(Path.Combine(folder, "museum.json"), results);
            File.WriteAllText(Path.Combine(folder, "index.html"), MuseumPage.Of(results));
        }
    });
    int unplayed = ExhibitFile.Named(options.Names).Count - results.Count;
    if (options.Docs)
    {
        DocsPage.Write(Programs.Root, results);
    }

    Console.WriteLine($"{results.Count(result => result.Played.Harmless)} of {results.Count} harmless{(controls ? $", {results.Count(result => result.Control is { Harmless: false })} of {results.Count} controls harmful" : "")}; pictures: {Path.Combine(folder, "index.html")}");
    return unplayed == 0 && results.All(result => result.Proven) ? 0 : 1;
}

// Null when it could not be played: the others are, all the same.
static ExhibitResult? TryReplay(Exhibit exhibit, bool controls)
{
    try
    {
        return new ExhibitResult(exhibit, Replay.Of(exhibit, control: false), controls ? Replay.Of(exhibit, control: true) : null);
    }
    catch (MuseumException refused)
    {
        Console.WriteLine($"{exhibit.Name} could not be played: {refused.Message}");
        return null;
    }
}

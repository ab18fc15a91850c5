using System.Globalization;
using System.Runtime.InteropServices;
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

// What was mounted and started is taken away before it ends; the second signal ends it at once.
using CancellationTokenSource stop = new();
Tool.Stop = stop.Token;
void End(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
Judgement.GraceMs = options.GraceMs;
try
{
    return options.Command switch
    {
        "list" => List(options),
        "soak" => SoakFor(options),
        _ => Play(options, controls: options.Command == "run"),
    };
}
catch (MuseumException refused)
{
    Console.Error.WriteLine($"museum: {refused.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("museum: stopped; nothing of it is left");
    return 1;
}
catch (AggregateException several) when (several.InnerExceptions.All(one => one is OperationCanceledException))
{
    Console.Error.WriteLine("museum: stopped; nothing of it is left");
    return 1;
}

static int List(MuseumOptions options)
{
    foreach (Exhibit exhibit in ExhibitFile.All())
    {
        Console.WriteLine(options.Json ? MuseumJson.Line(exhibit) : $"{exhibit.Name,-34} {exhibit.Fault} ({exhibit.Guard})");
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

    report.Write(options.Out ?? Path.GetFullPath("soak.json"));
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
    string folder = options.Out ?? Path.GetFullPath("museum");
    IReadOnlyList<Exhibit> exhibits = ExhibitFile.Named(options.Names);
    List<ExhibitResult> results = [];
    void Say(string line)
    {
        if (!options.Json)
        {
            Console.WriteLine(line);
        }
    }

    Say(ResultTable.Head);
    Parallel.ForEach(exhibits, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, exhibit =>
    {
        if (TryReplay(exhibit, controls) is not { } result)
        {
            return;
        }

        lock (results)
        {
            results.Add(result);
            results.Sort((a, b) => string.CompareOrdinal(a.Exhibit.Name, b.Exhibit.Name));
            if (options.Json)
            {
                Console.WriteLine(MuseumJson.Line(result));
            }

            Say(ResultTable.Line(result));
            foreach (string harm in result.Played.Harms)
            {
                Say($"    harm: {harm}");
            }

            foreach (string harm in result.Control?.Harms ?? [])
            {
                Say($"    control: {harm}");
            }

            MuseumJson.Write(Path.Combine(folder, "museum.json"), results);
            File.WriteAllText(Path.Combine(folder, "index.html"), MuseumPage.Of(results));
        }
    });
    if (options.Docs is { } docs)
    {
        DocsPage.Write(docs, results);
    }

    Say($"{results.Count(result => result.Played.Harmless)} of {results.Count} harmless{(controls ? $", {results.Count(result => result.Control is { Harmless: false })} of {results.Count} controls harmful" : "")}; pictures: {Path.Combine(folder, "index.html")}");
    return results.Count == exhibits.Count && results.All(result => result.Proven) ? 0 : 1;
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
        Console.Error.WriteLine($"{exhibit.Name} could not be played: {refused.Message}");
        return null;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwall.Museum.Staging;

namespace Ringwall.Museum.Exhibits;

/// <summary>Reads the exhibits' scenario.json; a key that means nothing is an error.</summary>
internal static class ExhibitFile
{
    private static readonly string[] Keys =
    [
        "title", "date", "vendor", "historic", "fault", "guard", "arrives", "good", "faulty", "second", "engine", "mostDenied", "forced", "untried", "freeMb", "cueAfterSeconds", "seconds", "configuration", "sensor", "control", "wrongSchema",
    ];

    /// <summary>All, in order.</summary>
    public static IReadOnlyList<Exhibit> All() => Directory.Exists(Programs.Exhibits)
        ? [.. Directory.EnumerateFiles(Programs.Exhibits, "scenario.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)]
        : throw new MuseumException($"{Programs.Exhibits} is not there; ./rw publish makes it");

    /// <summary>Those whose name begins with one of the words, or contains it, if it is a word.</summary>
    /// <exception cref="MuseumException">None has it.</exception>
    public static IReadOnlyList<Exhibit> Named(IReadOnlyList<string> words)
    {
        IReadOnlyList<Exhibit> all = All();
        Exhibit[] found = [.. all.Where(exhibit => words.Count == 0 || words.Any(word => exhibit.Name.StartsWith(word, StringComparison.Ordinal) || (char.IsLetter(word[0]) && exhibit.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))];
        return found.Length > 0 ? found : throw new MuseumException($"no exhibit is called '{string.Join(' ', words)}'; there are: {string.Join(", ", all.Select(exhibit => exhibit.Name))}");
    }

    public static Exhibit Read(string file)
    {
        try
        {
            JsonObject root = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            if (root.FirstOrDefault(pair => !Keys.Contains(pair.Key)).Key is { } unknown)
            {
                throw new MuseumException($"{file}: '{unknown}' means nothing; the keys are {string.Join(", ", Keys)}");
            }

            JsonObject control = root["control"]?.AsObject() ?? [];
            return new Exhibit
            {
                Name = Path.GetFileName(Path.GetDirectoryName(file)!),
                Title = Text(root, "title"),
                Date = root["date"]?.GetValue<string>() ?? "",
                Vendor = root["vendor"]?.GetValue<string>() ?? "",
                Historic = root["historic"]!.GetValue<bool>(),
                Fault = Text(root, "fault"),
                Guard = Text(root, "guard"),
                Arrives = ArrivalOf(Text(root, "arrives"), file),
                Good = Lines(root, "good"),
                Faulty = Lines(root, "faulty"),
                Second = Lines(root, "second"),
                Engine = root["engine"]?.GetValue<string>(),
                MostDenied = root["mostDenied"]?.GetValue<int>(),
                Forced = root["forced"]?.GetValue<bool>() ?? false,
                Untried = root["untried"]?.GetValue<bool>() ?? false,
                FreeMb = root["freeMb"]?.GetValue<int>(),
                CueAfterSeconds = root["cueAfterSeconds"]?.GetValue<double>(),
                Seconds = root["seconds"]?.GetValue<double>() ?? 6,
                Configuration = root["configuration"]?.AsObject() ?? [],
                Sensor = root["sensor"]?.AsObject() ?? [],
                ControlConfiguration = control["configuration"]?.AsObject() ?? [],
                ControlSensor = control["sensor"]?.AsObject() ?? [],
                ControlArrives = control["arrives"] is { } arrives ? ArrivalOf(arrives.GetValue<string>(), file) : null,
                WrongSchema = root["wrongSchema"]?.GetValue<bool>() ?? false,
            };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new MuseumException($"{file}: {broken.Message}");
        }
    }

    private static FaultArrival ArrivalOf(string word, string file) => word switch
    {
        "installed" => FaultArrival.Installed,
        "in-place" => FaultArrival.InPlace,
        "system-update" => FaultArrival.SystemUpdate,
        _ => throw new MuseumException($"{file}: arrives '{word}'; it is installed, in-place or system-update"),
    };

    private static string Text(JsonObject from, string key) => from[key]?.GetValue<string>() ?? throw new MuseumException($"'{key}' is missing");

    private static string[] Lines(JsonObject from, string key) => from[key] is JsonArray lines ? [.. lines.Select(line => line!.GetValue<string>())] : [];
}

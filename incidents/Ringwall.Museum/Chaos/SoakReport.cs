using System.Text.Json;

namespace Ringwall.Museum.Chaos;

/// <summary>What a soak came to: artifacts/soak.json.</summary>
internal sealed class SoakReport
{
    public required int Seed { get; init; }

    public required double Minutes { get; init; }

    /// <summary>Sentences, each with the time and what had been done last.</summary>
    public List<string> Broken { get; } = [];

    public double LongestWaitMs { get; set; }

    public string LongestWait { get; set; } = "";

    /// <summary>The same operations on a filesystem that nobody guards.</summary>
    public double NoiseMs { get; set; }

    public long Operations { get; set; }

    /// <summary>How often each thing was done.</summary>
    public SortedDictionary<string, int> Faults { get; } = [];

    /// <summary>What could not be done here, and why.</summary>
    public SortedDictionary<string, string> Skipped { get; } = [];

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using FileStream stream = File.Create(file);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("invariants_broken", Broken.Count);
        json.WriteNumber("longest_wait_ms", Math.Round(LongestWaitMs, 1));
        json.WriteNumber("faults", Faults.Values.Sum());
        json.WriteNumber("seed", Seed);
        json.WriteNumber("minutes", Math.Round(Minutes, 2));
        json.WriteString("longest_wait", LongestWait);
        json.WriteNumber("noise_ms", Math.Round(NoiseMs, 1));
        json.WriteNumber("operations", Operations);
        json.WriteStartArray("broken");
        foreach (string broken in Broken)
        {
            json.WriteStringValue(broken);
        }

        json.WriteEndArray();
        json.WriteStartObject("by_fault");
        foreach ((string fault, int count) in Faults)
        {
            json.WriteNumber(fault, count);
        }

        json.WriteEndObject();
        json.WriteStartObject("skipped");
        foreach ((string fault, string why) in Skipped)
        {
            json.WriteString(fault, why);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

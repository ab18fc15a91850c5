using System.Text.Json;
using Ringwall.Museum.Replays;

namespace Ringwall.Museum.Pages;

/// <summary>artifacts/museum/museum.json: what scripts read.</summary>
internal static class MuseumJson
{
    public static void Write(string file, IReadOnlyList<ExhibitResult> results)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using FileStream stream = File.Create(file);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("exhibits");
        foreach (ExhibitResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Exhibit.Name);
            json.WriteBoolean("historic", result.Exhibit.Historic);
            json.WriteBoolean("harmless", result.Played.Harmless);
            json.WriteBoolean("control_harmful", result.Control is { Harmless: false });
            Number(json, "detected_ms", result.Played.DetectedMs);
            Number(json, "gap_ms", result.Played.GapMs);
            Number(json, "fallback_ms", result.Played.FallbackMs);
            json.WriteNumber("asks_by_fallback", result.Played.AsksByFallback);
            Number(json, "longest_exec_ms", result.Played.LongestExecMs);
            Number(json, "longest_open_ms", result.Played.LongestOpenMs);
            Number(json, "noise_ms", result.Played.NoiseMs);
            json.WriteNumber("attempts", result.Played.NotCounted.Count + 1);
            Texts(json, "late_in_attempts_not_counted", result.Played.NotCounted);
            Texts(json, "harms", result.Played.Harms);
            Texts(json, "control_harms", result.Control?.Harms ?? []);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number, 1));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

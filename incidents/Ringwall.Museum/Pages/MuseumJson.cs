using System.Text;
using System.Text.Json;
using Ringwall.Museum.Exhibits;
using Ringwall.Museum.Replays;

namespace Ringwall.Museum.Pages;

/// <summary>museum.json: what scripts read.</summary>
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
            One(json, result);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One result, as museum.json has it, in a line.</summary>
    public static string Line(ExhibitResult result) => Line(json => One(json, result));

    /// <summary>An exhibit that was not played, in a line.</summary>
    public static string Line(Exhibit exhibit) => Line(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", exhibit.Name);
        json.WriteString("title", exhibit.Title);
        json.WriteBoolean("historic", exhibit.Historic);
        json.WriteString("fault", exhibit.Fault);
        json.WriteString("guard", exhibit.Guard);
        json.WriteEndObject();
    });

    private static string Line(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void One(Utf8JsonWriter json, ExhibitResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Exhibit.Name);
        json.WriteBoolean("historic", result.Exhibit.Historic);
        json.WriteBoolean("harmless", result.Played.Harmless);
        if (result.Control is { } control)
        {
            json.WriteBoolean("control_harmful", !control.Harmless);
        }

        Number(json, "detected_ms", result.Played.DetectedMs);
        Number(json, "gap_ms", result.Played.GapMs);
        Number(json, "fallback_ms", result.Played.FallbackMs);
        json.WriteNumber("asks_by_fallback", result.Played.AsksByFallback);
        Number(json, "longest_exec_ms", result.Played.LongestExecMs);
        Number(json, "longest_open_ms", result.Played.LongestOpenMs);
        Number(json, "noise_ms", result.Played.NoiseMs);
        json.WriteNumber("attempts", result.Played.NotCounted.Count + 1);
        json.WriteString("noticed_by", result.Played.NoticedBy);
        Texts(json, "late_in_attempts_not_counted", result.Played.NotCounted);
        Texts(json, "harms", result.Played.Harms);
        Texts(json, "control_harms", result.Control?.Harms ?? []);
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

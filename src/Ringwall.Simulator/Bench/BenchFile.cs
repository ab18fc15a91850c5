using System.Text.Json;

namespace Ringwall.Simulator;

/// <summary>A benchmark's figures as artifacts/bench/NAME.json: the ratios that are compared, and details to read.</summary>
internal sealed class BenchFile
{
    private readonly List<(string Name, double Value)> _ratios = [];
    private readonly List<(string Name, string Value)> _details = [];

    public void Ratio(string name, double value)
    {
        _ratios.Add((name, value));
        Console.WriteLine($"{name,-32} {value:G5}");
    }

    public void Detail(string name, string value)
    {
        _details.Add((name, value));
        Console.WriteLine($"{name,-32} {value}");
    }

    public void Write(string path)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("ratios");
        foreach ((string name, double value) in _ratios)
        {
            json.WriteNumber(name, double.IsFinite(value) ? value : -1);
        }

        json.WriteEndObject();
        json.WriteStartObject("details");
        foreach ((string name, string value) in _details)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

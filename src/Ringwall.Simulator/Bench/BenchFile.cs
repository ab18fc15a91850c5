using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwall.Simulator;

/// <summary>
/// A benchmark's figures as artifacts/bench/NAME.json: the ratios that are compared, and details to read. Figures of a run that measured only a part join those
/// that are there already.
/// </summary>
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
        JsonObject all = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        JsonObject ratios = Part(all, "ratios");
        foreach ((string name, double value) in _ratios)
        {
            ratios[name] = double.IsFinite(value) ? value : -1;
        }

        JsonObject details = Part(all, "details");
        foreach ((string name, string value) in _details)
        {
            details[name] = value;
        }

        File.WriteAllText(path, all.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private static JsonObject Part(JsonObject all, string name)
    {
        if (all[name] is not JsonObject part)
        {
            all[name] = part = [];
        }

        return part;
    }
}

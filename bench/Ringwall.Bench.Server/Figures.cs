using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwall.Bench.Server;

/// <summary>artifacts/bench/server.json and the table on the screen: ratios with their bars, and details to read.</summary>
internal sealed class Figures
{
    private readonly JsonObject _ratios = [];
    private readonly JsonObject _details = [];

    public bool AllBarsReached { get; private set; } = true;

    /// <summary>A figure that has to be at least, or at most, something.</summary>
    public void Bar(string name, double value, double bar, bool atLeast)
    {
        bool reached = atLeast ? value >= bar : value <= bar;
        AllBarsReached &= reached;
        _ratios[name] = Math.Round(value, 3);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {value,12:0.###}   bar {(atLeast ? "≥" : "≤")} {bar:0.##}  {(reached ? "reached" : "MISSED")}"));
    }

    public void Detail(string name, double value, string unit)
    {
        _details[name] = Math.Round(value, 3);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {value,12:#,0.##} {unit}"));
    }

    public void Write(string path, BenchOptions options)
    {
        JsonObject all = new()
        {
            ["bench"] = "server",
            ["at"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["devices"] = options.Devices,
            ["rounds"] = options.Rounds,
            ["quick"] = options.Quick,
            ["processors"] = Environment.ProcessorCount,
            ["ratios"] = _ratios,
            ["details"] = _details,
        };
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, all.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}

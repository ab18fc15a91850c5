using System.Globalization;
using System.Text.Json;

namespace Ringwall.Bench.Reporting;

/// <summary>What one bench found. Cases keep what each round measured; what is printed and written is the median of the rounds.</summary>
internal sealed class Report(string title)
{
    private readonly Dictionary<string, Dictionary<string, List<double>>> _cases = [];
    private readonly Dictionary<string, List<double>> _ratios = [];
    private readonly List<Bar> _bars = [];
    private readonly List<string> _notes = [];

    public bool AllBarsReached => _bars.TrueForAll(bar => ValueOf(bar.Name) is { } value && bar.IsReached(value));

    /// <summary>One round's number.</summary>
    public void Add(string of, string metric, double value)
    {
        Dictionary<string, List<double>> metrics = _cases.TryGetValue(of, out var known) ? known : _cases[of] = [];
        (metrics.TryGetValue(metric, out List<double>? rounds) ? rounds : metrics[metric] = []).Add(value);
    }

    /// <summary>The last round's number, if it has one.</summary>
    public double? Last(string of, string metric) =>
        _cases.TryGetValue(of, out var metrics) && metrics.TryGetValue(metric, out List<double>? rounds) ? rounds[^1] : null;

    /// <summary>
    /// One round's ratio of two cases that were measured one after the other: what disturbs the machine for longer disturbs both. Nothing when one of
    /// them could not be measured.
    /// </summary>
    public void AddRatio(string name, string of, string over, string metric)
    {
        if (Last(of, metric) is { } above && Last(over, metric) is { } below && below > 0)
        {
            (_ratios.TryGetValue(name, out List<double>? rounds) ? rounds : _ratios[name] = []).Add(above / below);
        }
    }

    public void Require(Bar bar) => _bars.Add(bar);

    public void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    public void Print(TextWriter into)
    {
        into.WriteLine();
        into.WriteLine(title);
        foreach (string[] columns in Shapes())
        {
            PrintTable(into, columns);
        }

        if (_ratios.Count > 0)
        {
            into.WriteLine();
            int width = _ratios.Keys.Max(name => name.Length);
            into.WriteLine($"{"ratio".PadRight(width)}   median  (rounds)");
            foreach ((string name, List<double> rounds) in _ratios)
            {
                into.WriteLine($"{name.PadRight(width)}  {Number(Statistics.Median(rounds)),7}  ({Number(rounds.Min())}–{Number(rounds.Max())})  {Judged(name)}");
            }
        }

        foreach (Bar bar in _bars.Where(bar => !_ratios.ContainsKey(bar.Name)))
        {
            into.WriteLine($"{bar.Name}: {(ValueOf(bar.Name) is { } value ? Number(value) : "not measured")}  {Judged(bar.Name)}");
        }

        foreach (string note in _notes)
        {
            into.WriteLine($"note: {note}");
        }
    }

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (FileStream stream = File.Create(file))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("machine");
            foreach ((string name, object value) in Machine.Describe())
            {
                if (value is double number)
                {
                    json.WriteNumber(name, number);
                }
                else
                {
                    json.WriteString(name, value.ToString());
                }
            }

            json.WriteEndObject();
            json.WriteStartObject("cases");
            foreach ((string name, Dictionary<string, List<double>> metrics) in _cases)
            {
                json.WriteStartObject(name);
                foreach ((string metric, List<double> rounds) in metrics)
                {
                    json.WriteNumber(metric, Math.Round(Statistics.Median(rounds), 4));
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("ratios");
            foreach ((string name, List<double> rounds) in _ratios)
            {
                json.WriteNumber(name, Math.Round(Statistics.Median(rounds), 4));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        Console.WriteLine($"written: {file}");
    }

    private double? ValueOf(string name)
    {
        if (_ratios.TryGetValue(name, out List<double>? rounds))
        {
            return Statistics.Median(rounds);
        }

        string[] parts = name.Split('.');
        return parts.Length == 2 && _cases.TryGetValue(parts[0], out var metrics) && metrics.TryGetValue(parts[1], out rounds) ? Statistics.Median(rounds) : null;
    }

    private string Judged(string name) =>
        _bars.Find(bar => bar.Name == name) is not { } bar ? "" : ValueOf(name) is not { } value ? $"bar {bar}: NOT MEASURED" : bar.IsReached(value) ? $"bar {bar}: reached" : $"bar {bar}: NOT REACHED";

    // Cases that measured the same things share a table.
    private IEnumerable<string[]> Shapes() => _cases.Values.Select(metrics => string.Join('|', metrics.Keys)).Distinct().Select(shape => shape.Split('|'));

    private void PrintTable(TextWriter into, string[] columns)
    {
        var rows = _cases.Where(one => one.Value.Keys.SequenceEqual(columns)).ToList();
        int width = rows.Max(row => row.Key.Length);
        int[] widths = [.. columns.Select(column => Math.Max(column.Length, 9))];
        into.WriteLine();
        into.WriteLine($"{"case".PadRight(width)}  {string.Join("  ", columns.Select((column, i) => column.PadLeft(widths[i])))}");
        foreach ((string name, Dictionary<string, List<double>> metrics) in rows)
        {
            into.WriteLine($"{name.PadRight(width)}  {string.Join("  ", columns.Select((column, i) => Number(Statistics.Median(metrics[column])).PadLeft(widths[i])))}");
        }
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "0" : Math.Abs(value) >= 100 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}

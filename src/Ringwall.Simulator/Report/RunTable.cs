using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ringwall.Simulator;

/// <summary>Results side by side, for the terminal, for programs and for the page.</summary>
internal static class RunTable
{
    public static string[] Heads { get; } = ["Strategy", "#Harmed", "#Share of fleet", "#Took it", "#Stopped after", "#95 % of online after", "#Harmed by the way back"];

    public static string[] Row(RunResult run) =>
    [
        run.Strategy, Count(run.Harmed), Share(run.Harmed, run.Devices), Count(run.Installed), Minutes(run.HaltMinute),
        double.IsNaN(run.HoursTo95) ? "never" : Text($"{run.HoursTo95:0.0} h"), Count(run.HarmedByReturn),
    ];

    public static string ForTerminal(IReadOnlyList<RunResult> runs)
    {
        List<string[]> rows = [[.. Heads.Select(head => head.TrimStart('#'))], .. runs.Select(Row)];
        int[] width = [.. Enumerable.Range(0, Heads.Length).Select(i => rows.Max(row => row[i].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                text.Append(i == 0 ? row[i].PadRight(width[i]) : "  " + row[i].PadLeft(width[i]));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    public static byte[] Json(string name, ulong seed, IReadOnlyList<RunResult> runs)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("scenario", name);
            json.WriteNumber("seed", seed);
            json.WriteStartArray("runs");
            foreach (RunResult run in runs)
            {
                Write(json, run);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Minutes(int minutes) => minutes < 0 ? "never" : minutes < 120 ? Text($"{minutes} min") : Text($"{minutes / 60.0:0.0} h");

    private static string Share(long count, int devices)
    {
        double share = 100.0 * count / devices;
        return count == 0 ? "0" : share >= 0.1 ? Text($"{share:0.0} %") : Text($"{share:0.00000} %");
    }

    private static void Write(Utf8JsonWriter json, RunResult run)
    {
        json.WriteStartObject();
        json.WriteString("strategy", run.Strategy);
        json.WriteString("release", run.Name);
        json.WriteNumber("devices", run.Devices);
        json.WriteNumber("harmed", run.Harmed);
        json.WriteNumber("harmedByReturn", run.HarmedByReturn);
        json.WriteNumber("installed", run.Installed);
        json.WriteNumber("returned", run.Returned);
        json.WriteNumber("haltMinute", run.HaltMinute);
        json.WriteNumber("firstHarmMinute", run.FirstHarmMinute);
        json.WriteBoolean("passedBroad", run.PassedBroad);
        if (double.IsFinite(run.HoursTo95))
        {
            json.WriteNumber("hoursTo95", run.HoursTo95);
        }

        json.WriteStartArray("samples");
        foreach (Sample sample in run.Samples)
        {
            json.WriteStartArray();
            json.WriteNumberValue(sample.Minute);
            json.WriteNumberValue(sample.Exposed);
            json.WriteNumberValue(sample.Installed);
            json.WriteNumberValue(sample.Harmed);
            json.WriteNumberValue(sample.Online);
            json.WriteNumberValue(sample.OnlineInstalled);
            json.WriteNumberValue(double.IsFinite(sample.Evidence) ? sample.Evidence : 0);
            json.WriteNumberValue(double.IsFinite(sample.BudgetSpent) ? sample.BudgetSpent : 0);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>The table of sensors: nothing but what fits 80 columns, then what is worth a line of its own.</summary>
internal static class SensorsView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<SensorStatus> sensors, DateTimeOffset now)
    {
        if (sensors.Count == 0)
        {
            console.MarkupLine($"[{Palette.Quiet}]no sensors are configured[/]");
            return;
        }

        Sheet sheet = new(words: 2, "SENSOR", "STATE", "SINCE", "GEN", "ASKED", "P50", "P99", "MISSED", "TOLD", "LOST", "STRIKES");
        foreach (SensorStatus sensor in sensors)
        {
            sheet.Row(
                sensor.Name,
                new(sensor.State, Palette.State(sensor.State)),
                Numbers.Age(now - sensor.Since),
                $"{sensor.Generation}",
                Numbers.Short(sensor.Asked),
                Numbers.Microseconds(sensor.Latency.P50),
                Numbers.Microseconds(sensor.Latency.P99),
                Sheet.Cell.Alarm(sensor.Missed),
                Numbers.Short(sensor.Told),
                Sheet.Cell.Alarm(sensor.Lost),
                new($"{sensor.Strikes}/{sensor.StrikesAllowed}", sensor.Strikes == 0 ? null : Palette.Warning));
            foreach (GenerationBeside beside in sensor.Beside)
            {
                sheet.Row(
                    "", new(beside.Standing, Palette.Quiet), Numbers.Age(now - beside.Since), $"{beside.Generation}", Numbers.Short(beside.Asked), "", "", "", "", "", "");
            }
        }

        sheet.Write(console);
        foreach (SensorStatus sensor in sensors)
        {
            Details(console, sensor);
        }
    }

    private static void Details(IAnsiConsole console, SensorStatus sensor)
    {
        if (sensor.Note is { } note)
        {
            console.MarkupLine($"[{Palette.Quiet}]{Markup.Escape($"{sensor.Name} says: {note}")}[/]");
        }

        if (sensor.AdviceOnly is { } spent)
        {
            console.MarkupLine($"\n[{Palette.Bad}]{Markup.Escape(sensor.Name)}[/]: its denials are advice, because {Markup.Escape(spent)}; `ringwall sensors restart {Markup.Escape(sensor.Name)}` lets them count again");
        }

        if (sensor.NotApplied > 0)
        {
            console.MarkupLine($"\n[{Palette.Warning}]{Markup.Escape(sensor.Name)}[/]: {StatusView.Places((int)Math.Min(sensor.NotApplied, int.MaxValue), "denial")} not applied; `ringwall findings` has the files");
        }

        foreach (string shortfall in sensor.Shortfalls)
        {
            console.MarkupLine($"\n[{Palette.Warning}]{Markup.Escape(sensor.Name)}[/]: not bounded, {Markup.Escape(shortfall)}");
        }

        if (sensor.LastStrike is null || sensor.Strikes == 0)
        {
            return;
        }

        console.MarkupLine($"\n[{Palette.Warning}]{Markup.Escape(sensor.Name)}[/]: {Markup.Escape(sensor.LastStrike)}");
        foreach (string line in sensor.LastLines.TakeLast(5))
        {
            console.MarkupLine($"[{Palette.Quiet}]  | {Markup.Escape(line)}[/]");
        }
    }
}

using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>The table of generations, and below it why some are refused.</summary>
internal static class GenerationsView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<GenerationLine> generations)
    {
        if (generations.Count == 0)
        {
            console.MarkupLine($"[{Palette.Quiet}]nothing is installed[/]");
            return;
        }

        Sheet sheet = new(words: 6, "SENSOR", "GEN", "STATE", "RELEASE", "ENGINE", "CONTENT", "MB", "INSTALLED");
        foreach (GenerationLine line in generations)
        {
            string state = line.Pinned ? $"{line.State}, pinned" : line is { State: "waiting", Passed: true } ? "passed, waiting" : line.State;
            sheet.Row(
                line.Sensor,
                $"{line.Number}",
                new(state, line.State switch { "in service" => Palette.Good, "refused" => Palette.Warning, _ => null }),
                line.Version.Length > 0 ? line.Version : "-",
                line.Engine.Length > 0 ? line.Engine : "-",
                line.Content.Length > 0 ? line.Content : "-",
                line.Installed is null ? "-" : $"{line.Bytes / 1e6:0.0}",
                line.Installed is { } at ? $"{at.ToUniversalTime():yyyy-MM-dd HH:mm}Z" : "-");
        }

        sheet.Write(console);
        foreach (GenerationLine line in generations.Where(line => line.Why is not null))
        {
            console.MarkupLine($"\n[{Palette.Warning}]{Markup.Escape($"{line.Sensor} {line.Number}")}[/] is refused: {Markup.Escape(line.Why!)}");
        }
    }
}

using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>What sensors had done, and what became of taking it back.</summary>
internal static class ResponseView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<ResponseLine> lines)
    {
        if (lines.Count == 0)
        {
            console.MarkupLine($"[{Palette.Quiet}]no sensor has done anything that stands[/]");
            return;
        }

        Sheet sheet = new(words: 5, "ID", "WHEN", "SENSOR", "WHAT", "STATE", "BYTES", "ABOUT");
        foreach (ResponseLine line in lines)
        {
            sheet.Row(
                $"{line.Id}",
                $"{line.At.ToLocalTime():MM-dd HH:mm:ss}",
                line.Generation == 0 ? line.Sensor : $"{line.Sensor}/{line.Generation}",
                line.Kind,
                line.State,
                line.Bytes is { } bytes ? Numbers.Short(bytes) : "",
                line.About);
        }

        sheet.Write(console);
        foreach (ResponseLine line in lines.Where(line => line.Note is not null))
        {
            console.MarkupLine($"[{Palette.Quiet}]{line.Id}: {Markup.Escape(line.Note!)}[/]");
        }
    }

    /// <summary>One line of an undo.</summary>
    public static string Undone(ResponseLine line)
    {
        string what = $"{line.Id}: {line.Kind} of {line.About} ({line.Sensor}, {line.At.ToLocalTime():yyyy-MM-dd HH:mm})";
        string became = line.Result switch
        {
            "undone" => "undone",
            "already" => "was taken back before, or never done",
            "would" => "would be taken back",
            "cannot" => "cannot be taken back",
            _ => "could not be taken back; nothing is lost, mend it and say it again",
        };
        return line.Note is null ? $"{what}: {became}" : $"{what}: {became}: {line.Note}";
    }
}

using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>What would be decided for a file.</summary>
internal static class ExplanationView
{
    public static void Write(IAnsiConsole console, Explanation explanation)
    {
        console.MarkupLine($"[bold]{Markup.Escape(explanation.Path)}[/]");
        Line(console, "open", Coloured(explanation.Open));
        Line(console, "execute", Coloured(explanation.Exec));
        Line(console, "decided by", Markup.Escape($"{explanation.DecidedBy}: {explanation.Because}"));
        Line(console, "remembered", Markup.Escape(explanation.Cached switch
        {
            "kernel" => "in the kernel, until the file is written",
            "host" => "in the host, until the file changes in any way",
            _ => "no: the next open is asked anew",
        }));
        if (explanation.Protected is { } why)
        {
            Line(console, "protected", Markup.Escape($"a denial would not be applied: {why}"));
        }

        if (explanation.File is { } file)
        {
            Line(console, "file", Markup.Escape(file));
        }

        foreach (SensorOpinion opinion in explanation.Sensors)
        {
            string time = opinion.Microseconds > 0 ? $" in {Numbers.Microseconds(opinion.Microseconds)}" : "";
            string reason = opinion.Reason is { Length: > 0 } ? $": {Markup.Escape(opinion.Reason)}" : "";
            Line(console, Markup.Escape(opinion.Sensor), $"{Coloured(opinion.Verdict)}{time}{(opinion.Cacheable ? ", may be remembered" : "")}{reason}");
        }
    }

    private static void Line(IAnsiConsole console, string name, string markup) => console.MarkupLine($"  [{Palette.Quiet}]{name,-11}[/] {markup}");

    private static string Coloured(string verdict) => verdict switch
    {
        "allow" => $"[{Palette.Good}]allow[/]",
        "deny" => $"[{Palette.Bad}]deny[/]",
        _ => $"[{Palette.Warning}]{Markup.Escape(verdict)}[/]",
    };
}

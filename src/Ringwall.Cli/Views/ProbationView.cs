using System.Globalization;
using Ringwall.Wire.Probation;
using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>A probation: its result, what was shown, each gate, and the files that are judged differently.</summary>
internal static class ProbationView
{
    private const int DifferencesShown = 20;

    public static void Write(IAnsiConsole console, ProbationReport report)
    {
        console.MarkupLine($"[bold]{Markup.Escape($"{report.Sensor} generation {report.Candidate.Number}")}[/]: {Coloured(report.Result)}");
        console.MarkupLine($"  {Markup.Escape(report.Because)}");
        Line(console, "engine", Versions(report.Candidate.Engine, report.Current?.Engine));
        Line(console, "content", Versions(report.Candidate.Content, report.Current?.Content));
        Line(console, "began", report.Began.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) + (report.Ended is { } ended ? $", took {Numbers.Age(ended - report.Began)}" : ""));
        Line(console, "machine", $"{report.Cell.Distribution}, {report.Cell.Kernel}, {report.Cell.Architecture}");
        console.WriteLine();
        Phases(console, report.Phases);
        console.WriteLine();
        Gates(console, report.Gates);
        Differences(console, report);
        Strikes(console, report);
    }

    private static void Phases(IAnsiConsole console, IReadOnlyList<ProbationPhase> phases)
    {
        Sheet sheet = new(words: 2, "PHASE", "STATE", "TIME", "ASKS", "LATE", "DENIED", "COMPARED", "PASSED OVER", "TELLS");
        foreach (ProbationPhase phase in phases)
        {
            sheet.Row(
                phase.Name,
                new(phase.State, phase.State switch { "done" => Palette.Good, "running" => Palette.Accent, "cut short" => Palette.Bad, _ => Palette.Quiet }),
                phase.Milliseconds == 0 ? "-" : Numbers.Microseconds(phase.Milliseconds * 1000.0),
                Numbers.Short(phase.Asks),
                Sheet.Cell.Alarm(phase.Missed),
                Numbers.Short(phase.Denied),
                Numbers.Short(phase.Compared),
                Numbers.Short(phase.PassedOver),
                Numbers.Short(phase.Tells));
        }

        sheet.Write(console);
    }

    private static void Gates(IAnsiConsole console, IReadOnlyList<ProbationGate> gates)
    {
        int width = gates.Count == 0 ? 0 : gates.Max(gate => gate.Name.Length);
        foreach (ProbationGate gate in gates)
        {
            string colour = gate.State switch { GateState.Passed => Palette.Good, GateState.Failed => Palette.Bad, GateState.Waiting => Palette.Warning, _ => Palette.Quiet };
            console.MarkupLine($"[{colour}]{gate.State,-10}[/]  {Markup.Escape(gate.Name.PadRight(width))}  [{Palette.Quiet}]{Markup.Escape(gate.Says)}[/]");
        }
    }

    private static void Differences(IAnsiConsole console, ProbationReport report)
    {
        if (report.Differences.Count == 0)
        {
            return;
        }

        console.WriteLine();
        foreach (ProbationDifference difference in report.Differences.Take(DifferencesShown))
        {
            string colour = difference.Protected is not null ? Palette.Bad : Palette.Warning;
            string more = (difference.Protected is null ? "" : $"; {difference.Protected}") + (difference.Reason.Length == 0 ? "" : $"; says: {difference.Reason}");
            console.MarkupLine($"[{colour}]{difference.Candidate,-5}[/] {Markup.Escape(difference.Path)}  [{Palette.Quiet}]{Markup.Escape($"{difference.Class}, in service: {difference.Current}{more}")}[/]");
        }

        long hidden = report.Differences.Count - Math.Min(report.Differences.Count, DifferencesShown) + report.DifferencesLeftOut;
        if (hidden > 0)
        {
            console.MarkupLine($"[{Palette.Quiet}]and {Numbers.Short(hidden)} more; --json lists them[/]");
        }
    }

    private static void Strikes(IAnsiConsole console, ProbationReport report)
    {
        foreach (ProbationStrike strike in report.Strikes)
        {
            console.MarkupLine($"\n[{Palette.Bad}]{Markup.Escape(strike.Reason)}[/]: {Markup.Escape(strike.Detail)}");
            foreach (string line in strike.LastLines.TakeLast(5))
            {
                console.MarkupLine($"[{Palette.Quiet}]  | {Markup.Escape(line)}[/]");
            }
        }

        if (report.ShownLast.Count > 0)
        {
            console.MarkupLine($"\n[{Palette.Quiet}]shown last: {Markup.Escape(report.ShownLast[^1])}[/]");
        }
    }

    private static void Line(IAnsiConsole console, string name, string text)
    {
        if (text.Length > 0)
        {
            console.MarkupLine($"  [{Palette.Quiet}]{name,-8}[/] {Markup.Escape(text)}");
        }
    }

    private static string Versions(string candidate, string? current) =>
        candidate.Length == 0 ? "" : current is null || current == candidate ? candidate : $"{candidate} (in service: {(current.Length == 0 ? "none" : current)})";

    private static string Coloured(string result) => result switch
    {
        ProbationResult.Passed => $"[{Palette.Good}]{result}[/]",
        ProbationResult.Running => $"[{Palette.Accent}]{result}[/]",
        _ => $"[{Palette.Bad}]{Markup.Escape(result)}[/]",
    };
}

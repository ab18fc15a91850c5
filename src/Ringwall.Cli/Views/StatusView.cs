using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>A host's status in full, for a person at 80 columns.</summary>
internal static class StatusView
{
    public static void Write(IAnsiConsole console, HostStatus status)
    {
        string mode = status.TellOnly
            ? "watching (tell-only): nothing is asked"
            : $"guarding {Places(status.Mounts.Count, "filesystem")}";
        Line(console, "host", $"ringwalld {status.Version}, process {status.Pid}, up {Numbers.Age(status.Now - status.Since)}, Linux {status.Kernel}");
        Line(console, "mode", mode);
        Line(console, "asks", status.TellOnly ? "none" : $"executions everywhere, opens below {string.Join(' ', status.Guard)}");
        Line(console, "keeper", Keeper(status.Keeper));
        console.WriteLine();
        Verdicts(console, status.Asks);
        Sources(console, status.Sources);
        SensorsView.Write(console, status.Sensors, status.Now);
        console.WriteLine();
        if (status.Protection is { } guarded)
        {
            Line(
                console,
                "protected",
                $"{Places(guarded.Files, "file")}, {Places(guarded.Trees, "folder")}, {Numbers.Short(guarded.PackageFiles)} packaged files; {Numbers.Short(guarded.NotApplied)} denials not applied");
        }

        Line(console, "findings", $"{status.Findings.Written} written to {status.StateDirectory}/findings.jsonl, {status.Findings.Dropped} dropped");
        if (status.Journal is { } journal)
        {
            string since = journal.Since is { } from ? $"since {from.ToLocalTime():yyyy-MM-dd HH:mm}" : "empty";
            Line(console, "journal", $"{since}, {journal.Bytes / 1048576.0:0.0} MB, {journal.Written} records written, {journal.Lost} lost");
        }

        foreach (FeatureUse feature in status.Features)
        {
            Line(console, feature.Work, feature.InsteadOf is null ? feature.Uses : $"{feature.Uses} (instead of {feature.InsteadOf})");
        }

        foreach (string note in status.Notes)
        {
            console.MarkupLine($"[{Palette.Warning}]{"note",-14}[/] {Markup.Escape(note)}");
        }
    }

    public static string Keeper(KeeperStatus? keeper) => keeper switch
    {
        null => "none",
        { Pid: 0 } => keeper.State,
        _ => $"{keeper.State}, process {keeper.Pid}, host number {keeper.HostsStarted}",
    };

    public static string Places(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static void Verdicts(IAnsiConsole console, IReadOnlyList<AskFigures> asks)
    {
        if (asks.Count == 0)
        {
            return;
        }

        Sheet sheet = new(words: 1, "ASKS", "ASKED", "ALLOWED", "DENIED", "FALLBACK", "CACHED", "P50", "P99", "MAX");
        foreach (AskFigures figures in asks)
        {
            sheet.Row(
                figures.Class,
                Numbers.Short(figures.Asked),
                Numbers.Short(figures.Allowed),
                Sheet.Cell.Alarm(figures.Denied, Palette.Bad),
                Sheet.Cell.Alarm(figures.ByFallback),
                Numbers.Percent(figures.FromCache, figures.Asked - figures.WithoutSensors),
                Numbers.Microseconds(figures.Latency.P50),
                Numbers.Microseconds(figures.Latency.P99),
                Numbers.Microseconds(figures.Latency.Max));
        }

        sheet.Write(console);
        console.WriteLine();
    }

    private static void Sources(IAnsiConsole console, IReadOnlyList<SourceFigures> sources)
    {
        if (sources.Count == 0)
        {
            return;
        }

        Sheet sheet = new(words: 1, "EVENTS", "TOLD", "LOST");
        foreach (SourceFigures source in sources)
        {
            sheet.Row(
                source.Source,
                Numbers.Short(source.Events),
                source.Exact ? Sheet.Cell.Alarm(source.Lost) : new($">={source.Lost}", Palette.Warning));
        }

        sheet.Write(console);
        console.WriteLine();
    }

    private static void Line(IAnsiConsole console, string name, string value) =>
        console.MarkupLine($"[{Palette.Quiet}]{Markup.Escape(name),-14}[/] {Markup.Escape(value)}");
}

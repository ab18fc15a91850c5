using Ringwall.Cli.Views;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;
using Spectre.Console;

namespace Ringwall.Cli.Up.Screen;

/// <summary>
/// Lays out the live view for any size of terminal. Pure: the same history, size and time give the same screen. What matters least goes first when there is no room: the
/// list of kernel features, then the thing to try, then findings down to two, then the figures.
/// </summary>
internal static class LiveScreen
{
    private const int NarrowestForTwo = 76;
    private const int WidthForAll = 104;
    private const int TallForFeatures = 34;
    private const int FewestFindings = 4;

    private static readonly Style Quiet = new(Color.Grey);
    private static readonly Style Accent = new(Color.Aqua);
    private static readonly Style Title = new(Color.Aqua, decoration: Decoration.Bold);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Warning = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style BadBold = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style Fresh = new(Color.White, Color.Maroon, Decoration.Bold);
    private static readonly Style Bold = new(decoration: Decoration.Bold);

    /// <param name="history">What is known.</param>
    /// <param name="width">Columns, at least 20.</param>
    /// <param name="height">Lines; no more are made.</param>
    /// <param name="now">For how long ago things are.</param>
    public static Block Compose(UpHistory history, int width, int height, DateTimeOffset now)
    {
        Block screen = new(width);
        if (history.Now is not { } status)
        {
            screen.Line().Add(" RINGWALL", Title).Add("  waiting for the host…", Quiet);
            return screen;
        }

        Block body = new(width);
        body.Add(Header(history, status, width));
        body.Add(Fleet(history.Fleet, width, now));
        body.Add(Sensors(history, status, width));
        Block? figures = Figures(history, status, width).FirstOrDefault(block => height - body.Lines.Count - block.Lines.Count >= FewestFindings);
        body.Add(figures ?? new Block(width));

        Block features = Features(status, width, oneLine: height < TallForFeatures);
        Block trial = Trial(history, status, width);
        int room = height - body.Lines.Count - FewestFindings;
        bool withTrial = room >= trial.Lines.Count;
        room -= withTrial ? trial.Lines.Count : 0;
        bool withFeatures = room >= features.Lines.Count;
        room -= withFeatures ? features.Lines.Count : 0;

        body.Add(Findings(history, width, Math.Max(2, room + FewestFindings - 2), now));
        body.Add(withFeatures ? features : new Block(width));
        body.Add(withTrial ? trial : new Block(width));
        foreach (Strip line in body.Lines.Take(height))
        {
            screen.Line().Add(line);
        }

        return screen;
    }

    private static Block Header(UpHistory history, HostStatus status, int width)
    {
        Block header = new(width);
        Strip line = header.Line().Add(" RINGWALL ", Title);
        if (!history.IsThere)
        {
            line.Add("host away: the keeper answers by policy", BadBold);
            return header;
        }

        TimeSpan up = status.Now - status.Since;
        string clock = $"{(int)up.TotalHours:00}:{up.Minutes:00}:{up.Seconds:00} ";
        string what = status.TellOnly
            ? "watching, nothing is asked"
            : $"guarding {StatusView.Places(status.Mounts.Count, "filesystem")} · opens below {string.Join(' ', status.Guard)}";
        Strip middle = new(Math.Max(0, line.Left - clock.Length - 1));
        middle.Add(what, status.TellOnly ? Warning : Good);
        if (status.Keeper is { State: not "watching" } keeper)
        {
            middle.Add($" · keeper {keeper.State}", Warning);
        }

        line.Add(middle).AtEnd(clock, Quiet);
        return header;
    }

    // Whoever opens this for the first time looks for the address, the way in and what to do with it: they stand before all figures.
    private static Block Fleet(FleetSight? fleet, int width, DateTimeOffset now)
    {
        Block block = new(width);
        if (fleet is null)
        {
            return block;
        }

        block.Line().Add(" fleet ", Accent).Add($"{fleet.Dashboard}", Bold).Add("  `ringwall agent` shows this device", Quiet);
        if (fleet.Link is { } link && now < fleet.LinkUntil)
        {
            Strip line = block.Line().Add(" sign in once, within 15 minutes: ", Accent);
            if ($"{link}".Length > line.Left)
            {
                // A link that is cut leads nowhere.
                line.Add($"(`{fleet.AnotherLink}` makes another)", Quiet);
                line = block.Line().Add(" ");
            }

            line.Add($"{link}", Bold);
        }
        else
        {
            block.Line().Add(" sign in ", Accent).Add($"`{fleet.AnotherLink}` makes a link", Quiet);
        }

        foreach ((string command, string shows) in fleet.Tries)
        {
            block.Line().Add(" try ", Accent).Add(command, Bold).Add($"  {shows}", Quiet);
        }

        return block;
    }

    private static Block Sensors(UpHistory history, HostStatus status, int width)
    {
        bool wide = width >= WidthForAll;
        Block table = new(width - 4);
        Strip head = table.Line().Cell("", 9, Quiet).Cell("state", wide ? 22 : 15, Quiet).CellRight("gen", 4, Quiet).CellRight("asked/s", 8, Quiet)
            .CellRight("p50", 8, Quiet).CellRight("p99", 8, Quiet).CellRight("told/s", 7, Quiet).CellRight("lost", 6, Quiet).CellRight("strikes", 8, Quiet);
        if (wide)
        {
            head.CellRight("missed", 8, Quiet).CellRight("memory", 9, Quiet);
        }

        foreach (SensorStatus sensor in status.Sensors)
        {
            Style state = sensor.State switch { "running" => Good, "starting" or "waiting" => Warning, "quarantined" => BadBold, _ => Quiet };
            string age = wide ? $" {Numbers.Age(status.Now - sensor.Since)}" : "";
            Strip line = table.Line().Cell(sensor.Name, 9, Bold).Cell($"● {sensor.State}{age}", wide ? 22 : 15, state)
                .CellRight($"{sensor.Generation}", 4)
                .CellRight(sensor.Asks.Count == 0 ? "-" : Numbers.Short(history.Rate(before => UpHistory.AskedOf(before, sensor.Name))), 8)
                .CellRight(Numbers.Microseconds(sensor.Latency.P50), 8)
                .CellRight(Numbers.Microseconds(sensor.Latency.P99), 8)
                .CellRight(sensor.Tells.Count == 0 ? "-" : Numbers.Short(history.Rate(before => UpHistory.ToldOf(before, sensor.Name))), 7)
                .CellRight(Numbers.Short(sensor.Lost), 6, sensor.Lost == 0 ? Quiet : Warning)
                .CellRight($"{sensor.Strikes}/{sensor.StrikesAllowed}", 8, sensor.Strikes == 0 ? Quiet : Warning);
            if (wide)
            {
                line.CellRight(Numbers.Short(sensor.Missed), 8, sensor.Missed == 0 ? Quiet : Warning)
                    .CellRight(sensor.MemoryMb is { } memory ? $"{Numbers.Short(memory)} MB" : "-", 9, Quiet)
                    .Add(sensor is { Strikes: > 0, LastStrike: { } strike } ? $"  {strike}" : "", Warning);
            }

            foreach (GenerationBeside beside in sensor.Beside)
            {
                string since = wide ? $" {Numbers.Age(status.Now - beside.Since)}" : "";
                table.Line().Cell("", 9).Cell($"○ {beside.Standing}{since}", wide ? 22 : 15, beside.Standing == "probation" ? Accent : Quiet)
                    .CellRight($"{beside.Generation}", 4, Quiet)
                    .Add($"  shown {Numbers.Short(beside.Asked)} asks, would have denied {Numbers.Short(beside.Denied)}", Quiet);
            }
        }

        if (status.Notes.LastOrDefault(note => note.StartsWith("sensor ", StringComparison.Ordinal) && note.Contains(": generation ", StringComparison.Ordinal)) is { } news)
        {
            table.Line().Add(news["sensor ".Length..], Accent);
        }

        if (status.Sensors.Count == 0)
        {
            table.Line().Add("no sensors are configured", Warning);
        }

        return Block.Framed("sensors", table, Quiet, Title);
    }

    // The fullest first; the rest for when there is no room.
    private static IEnumerable<Block> Figures(UpHistory history, HostStatus status, int width)
    {
        if (width < NarrowestForTwo)
        {
            yield return Verdicts(history, status, width).Add(Events(history, status, width));
            yield return Verdicts(history, status, width);
            yield break;
        }

        int left = Math.Min(width / 2, 52);
        yield return Block.Beside(Verdicts(history, status, left), Events(history, status, width - left));
    }

    private static Block Verdicts(UpHistory history, HostStatus status, int width)
    {
        Block table = new(width - 4);
        table.Line().Cell("", 6).CellRight("asks/s", 7, Quiet).CellRight("p50", 8, Quiet).CellRight("p99", 8, Quiet).CellRight("denied", 7, Quiet);
        foreach (AskFigures asks in status.Asks)
        {
            table.Line().Cell(asks.Class, 6, Bold)
                .CellRight(Numbers.Short(history.Rate(before => UpHistory.Asked(before, asks.Class))), 7)
                .CellRight(Numbers.Microseconds(asks.Latency.P50), 8)
                .CellRight(Numbers.Microseconds(asks.Latency.P99), 8)
                .CellRight(Numbers.Short(asks.Denied), 7, asks.Denied == 0 ? Quiet : BadBold);
        }

        long judged = status.Asks.Sum(asks => asks.Asked - asks.WithoutSensors);
        long fallback = status.Asks.Sum(asks => asks.ByFallback);
        table.Line().Add("cache ", Quiet).Add(Numbers.Percent(status.Asks.Sum(asks => asks.FromCache), judged), Accent)
            .Add(" · kernel ", Quiet).Add(Numbers.Short(status.Asks.Sum(asks => asks.KernelCached)), Accent)
            .Add(" · fallback ", Quiet).Add(Numbers.Short(fallback), fallback == 0 ? Quiet : Warning);
        return Block.Framed("verdicts", table, Quiet, Title);
    }

    private static Block Events(UpHistory history, HostStatus status, int width)
    {
        Block table = new(width - 4);
        int curve = Math.Max(0, table.Width - 9 - 8 - 8);
        table.Line().Cell("", 9).CellRight("per s", 8, Quiet).Blank(curve).CellRight("lost", 8, Quiet);
        foreach (SourceFigures source in status.Sources)
        {
            table.Line().Cell(source.Source, 9, Bold)
                .CellRight(Numbers.Short(history.Rate(before => UpHistory.Events(before, source.Source))), 8)
                .Add(" ").Add(Curve.Of(history.Curve($"source/{source.Source}"), curve - 1), Accent)
                .CellRight(source.Exact || source.Lost == 0 ? Numbers.Short(source.Lost) : $"≥{Numbers.Short(source.Lost)}", 8, source.Lost == 0 ? Quiet : Warning);
        }

        return Block.Framed("events", table, Quiet, Title);
    }

    private static Block Findings(UpHistory history, int width, int lines, DateTimeOffset now)
    {
        Block list = new(width - 4);
        foreach (DetectionFinding finding in history.Findings.Take(lines))
        {
            bool denial = FindingView.IsDenial(finding);
            DateTimeOffset time = FindingView.Time(finding).ToOffset(now.Offset);
            Style word = denial ? (now - time < TimeSpan.FromSeconds(4) ? Fresh : BadBold) : Severity(finding.SeverityId);
            Strip line = list.Line().Cell($"{time:HH:mm:ss}", 9, Quiet).Cell(FindingView.Word(finding), 9, word).Cell(FindingView.Sensor(finding), 7, Quiet);
            string title = finding.FindingInfo.Title;
            string subject = FindingView.Subject(finding);
            int forSubject = Math.Min(subject.Length, line.Left / 2);
            line.Cell(title, Math.Min(title.Length + 1, line.Left - forSubject), denial ? Bold : Style.Plain).Add(subject, Accent);
            string actor = FindingView.Actor(finding);
            if (actor.Length > 0)
            {
                line.AtEnd($"by {actor}", Quiet);
            }
        }

        if (history.Findings.Count == 0)
        {
            list.Line().Add("nothing yet", Quiet);
        }

        while (list.Lines.Count < lines)
        {
            list.Line();
        }

        return Block.Framed("findings and denials", list, Quiet, Title);
    }

    private static Style Severity(int severityId) => severityId switch { >= 4 and <= 6 => Bad, 3 => Warning, 2 => Accent, _ => Quiet };

    private static Block Features(HostStatus status, int width, bool oneLine)
    {
        Block block = new(width);
        if (oneLine)
        {
            Strip line = block.Line().Add(" kernel ", Quiet);
            for (int i = 0; i < status.Features.Count; i++)
            {
                FeatureUse feature = status.Features[i];
                line.Add(i == 0 ? "" : " · ", Quiet).Add($"{feature.Work}: {feature.Uses}", feature.InsteadOf is null ? Quiet : Warning);
            }

            return block;
        }

        foreach (FeatureUse feature in status.Features)
        {
            block.Line().Cell($" {feature.Work}", 24, Quiet).Add(feature.Uses, feature.InsteadOf is null ? Good : Warning)
                .Add(feature.InsteadOf is null ? "" : $"  instead of {feature.InsteadOf}", Quiet);
        }

        foreach (string note in status.Notes)
        {
            block.Line().Add(" note ", Warning).Add(note);
        }

        return block;
    }

    private static Block Trial(UpHistory history, HostStatus status, int width)
    {
        Block block = new(width);
        if (status.TellOnly)
        {
            return block;
        }

        if (history.LastDenial is { } denial)
        {
            block.Line().Add(" ✔ ", Good).Add($"{FindingView.Sensor(denial)} stopped {FindingView.Actor(denial)}: ", Good).Add(FindingView.Subject(denial), Bold);
            block.Line().Add("   `ringwall explain PATH` tells why, `ringwall allow PATH` overrules; Ctrl-C ends", Quiet);
            foreach (string command in UpdateTrial.Commands(Installation.OfThisProgram()))
            {
                block.Line().Add(" update ", Accent).Add(command);
            }

            return block;
        }

        block.Line().Add(" try it in another terminal: a harmless file that scanners take for malware", Accent);
        foreach (string line in HarmlessTrial.Command)
        {
            block.Line().Add($"   {line}", Bold);
        }

        return block;
    }
}

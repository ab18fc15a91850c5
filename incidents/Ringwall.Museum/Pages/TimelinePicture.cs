using System.Globalization;
using Ringwall.Museum.Canary;
using Ringwall.Museum.Replays;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Pages;

/// <summary>One replay as a picture: what the canary waited for, who answered, what the sensor's generations did.</summary>
internal static class TimelinePicture
{
    private const double Width = 960;
    private const double Left = 130;
    private const double Plot = 46;
    private const double LongestMs = 2000;
    private const double ShortestMs = 0.02;

    /// <param name="outcome">What was seen.</param>
    /// <param name="alone">With its own style, for a file of its own.</param>
    public static string Of(Outcome outcome, bool alone = false)
    {
        long start = outcome.Operations.Count > 0 ? outcome.Operations.Min(operation => operation.StartedNs) : 0;
        long end = outcome.Operations.Count > 0 ? outcome.Operations.Max(operation => operation.StartedNs + operation.TookNs) : 1;
        double X(long ns) => Left + ((Width - Left - 12) * Math.Clamp((ns - start) / (double)(end - start), 0, 1));
        Svg svg = new();
        double y = 10;
        foreach (OperationKind kind in (OperationKind[])[OperationKind.Exec, OperationKind.Open])
        {
            Waits(svg, outcome, kind, y, X);
            y += Plot + 12;
        }

        Tasks(svg, outcome, y, X);
        y += 26;
        Protection(svg, outcome, y, X);
        y += 26;
        Answers(svg, outcome, y, X);
        y += 46;
        y = Generations(svg, outcome, y, X);
        Axis(svg, start, end, y, X);
        Moments(svg, outcome, y, X);
        return svg.Close(Width, y + 34 + (13 * outcome.Moments.Count), alone);
    }

    private static void Waits(Svg svg, Outcome outcome, OperationKind kind, double y, Func<long, double> x)
    {
        svg.Words(4, y + 14, "lane", kind == OperationKind.Exec ? "executions wait" : "opens wait");
        svg.Words(4, y + 28, "small", "0.1 ms to 1 s");
        svg.Line(Left, y + Plot, Width - 12, y + Plot, "rule");
        foreach (double mark in (double[])[0.1, 1, 10, 100, 1000])
        {
            svg.Line(Left, Height(y, mark), Width - 12, Height(y, mark), mark == 100 ? "deadline" : "grid");
        }

        foreach (Operation operation in outcome.Operations.Where(operation => operation.Kind == kind || (kind == OperationKind.Open && operation.Kind == OperationKind.Change)))
        {
            svg.Dot(x(operation.StartedNs), Height(y, operation.TookMs), operation.Error != 0 ? "bad" : "good", operation.TookMs > 50 || operation.Error != 0 ? Said(operation) : null);
        }
    }

    // The scale is logarithmic.
    private static double Height(double y, double ms) =>
        y + (Plot * (1 - Math.Clamp(Math.Log(Math.Max(ms, ShortestMs) / ShortestMs) / Math.Log(LongestMs / ShortestMs), 0, 1)));

    private static void Tasks(Svg svg, Outcome outcome, double y, Func<long, double> x)
    {
        svg.Words(4, y + 13, "lane", "logins, packages");
        foreach (Operation task in outcome.Operations.Where(operation => operation.Kind is OperationKind.Login or OperationKind.Install))
        {
            double from = x(task.StartedNs);
            svg.Rectangle(from, task.Kind == OperationKind.Login ? y : y + 9, x(task.StartedNs + task.TookNs) - from - 0.5, 7, task.Error != 0 ? "bad" : "good", Said(task));
        }
    }

    private static void Protection(Svg svg, Outcome outcome, double y, Func<long, double> x)
    {
        svg.Words(4, y + 12, "lane", "known bad file");
        Operation? before = null;
        foreach (Operation watch in outcome.Operations.Where(operation => operation.Kind == OperationKind.Watch).OrderBy(operation => operation.StartedNs))
        {
            if (before is not null)
            {
                svg.Rectangle(x(before.StartedNs), y + 2, x(watch.StartedNs) - x(before.StartedNs), 12, before.Error == 0 ? "gap" : "good");
            }

            before = watch;
        }
    }

    private static void Answers(Svg svg, Outcome outcome, double y, Func<long, double> x)
    {
        const double height = 34;
        svg.Words(4, y + 13, "lane", "asks answered");
        svg.Words(4, y + 26, "small", "by sensors / fallback");
        List<(double From, double To, double Sensors, double Fallback)> bars = [];
        StatusSample? before = null;
        foreach (StatusSample sample in outcome.Samples.Where(sample => sample.Status is not null))
        {
            if (before is not null && sample.AtNs - before.AtNs < 100_000_000)
            {
                continue;
            }

            if (before is not null)
            {
                double seconds = (sample.AtNs - before.AtNs) / 1e9;
                double Rate(Func<AskFigures, long> count) => Math.Max(0, sample.Status!.Asks.Sum(count) - before.Status!.Asks.Sum(count)) / seconds;
                bars.Add((x(before.AtNs), x(sample.AtNs), Rate(asks => asks.Allowed + asks.Denied), Rate(asks => asks.ByFallback)));
            }

            before = sample;
        }

        double most = bars.Select(bar => bar.Sensors + bar.Fallback).DefaultIfEmpty(1).Max();
        foreach ((double from, double to, double sensors, double fallback) in bars)
        {
            double low = height * sensors / Math.Max(most, 1);
            double high = height * fallback / Math.Max(most, 1);
            svg.Rectangle(from, y + height - low, to - from, low, "sensors");
            svg.Rectangle(from, y + height - low - high, to - from, high, "fallback");
        }
    }

    // Two bars: the generation in service, in the colour of its state, and what runs beside it.
    private static double Generations(Svg svg, Outcome outcome, double y, Func<long, double> x)
    {
        svg.Words(4, y + 12, "lane", "in service");
        svg.Words(4, y + 28, "lane", "beside");
        Bar(svg, outcome, y + 2, x, sample => sample.Subject is not { } sensor ? ("away", "")
            : (sensor.State switch { "running" => "running", "quarantined" => "bad", _ => "waiting" }, $"generation {sample.InService?.Number ?? sensor.Generation}{(sensor.State == "running" ? "" : $", {sensor.State}")}"));
        Bar(svg, outcome, y + 18, x, sample => sample.Subject?.Beside is not { Count: > 0 } beside ? (null, "")
            : ("trial", string.Join(", ", beside.Where(one => one.Standing != "leaving").Select(one => $"{one.Generation} {one.Standing}"))));
        return y + 36;
    }

    private static void Bar(Svg svg, Outcome outcome, double y, Func<long, double> x, Func<StatusSample, (string? Kind, string Label)> of)
    {
        (string? Kind, string Label) shown = (null, "");
        double from = 0;
        foreach (StatusSample sample in outcome.Samples)
        {
            (string? Kind, string Label) now = of(sample);
            if (now != shown)
            {
                Close(x(sample.AtNs));
                (shown, from) = (now, x(sample.AtNs));
            }
        }

        Close(outcome.Samples.Count > 0 ? x(outcome.Samples[^1].AtNs) : 0);

        void Close(double to)
        {
            if (shown.Kind is { } kind)
            {
                svg.Rectangle(from, y, to - from, 12, kind, shown.Label);
                if (to - from > shown.Label.Length * 4.5)
                {
                    svg.Words(from + 2, y + 9, "tiny", shown.Label);
                }
            }
        }
    }

    private static void Axis(Svg svg, long start, long end, double y, Func<long, double> x)
    {
        svg.Line(Left, y, Width - 12, y, "rule");
        long step = (end - start) / 1_000_000_000 > 30 ? 10 : (end - start) / 1_000_000_000 > 12 ? 2 : 1;
        for (long second = 0; start + (second * 1_000_000_000) < end; second += step)
        {
            svg.Words(x(start + (second * 1_000_000_000)) - 3, y + 12, "tiny", string.Create(CultureInfo.InvariantCulture, $"{second} s"));
        }
    }

    private static void Moments(Svg svg, Outcome outcome, double y, Func<long, double> x)
    {
        int number = 0;
        double taken = 0;
        foreach (Moment moment in outcome.Moments)
        {
            number++;
            double at = x(moment.AtNs);
            svg.Line(at, 4, at, y, moment.Kind is MomentKind.Arrival or MomentKind.Cue ? "fault" : "moment");
            taken = Math.Max(at + 2, taken + 7);
            svg.Words(taken, 9, "tiny", $"{number}");
            svg.Words(Left, y + 24 + (13 * number), "said", $"{number}  {moment.Text}");
        }
    }

    private static string Said(Operation operation) =>
        string.Create(CultureInfo.InvariantCulture, $"{operation.Kind}: {operation.TookMs:0.0} ms{(operation.Error != 0 ? $", failed with {operation.Error}" : "")} {operation.Subject}");
}

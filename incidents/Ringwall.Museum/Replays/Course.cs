using System.Globalization;
using System.Text.Json.Nodes;
using Ringwall.Museum.Exhibits;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Replays;

/// <summary>Reads out of what was seen when Ringwall noticed the fault, by what, and when the generation before was in service again.</summary>
internal sealed record Course
{
    /// <summary>When the fault could first be seen: its arrival, its forced promotion, its cue.</summary>
    public required long ShowsNs { get; init; }

    public long? NoticedNs { get; init; }

    public string NoticedBy { get; init; } = "";

    /// <summary>When that was more than a note: a strike, a refusal, a budget, after which the generation may not go on. Null when there was none.</summary>
    public long? DecidedNs { get; init; }

    /// <summary>When the faulty generation was first in service; null when it never was.</summary>
    public long? InServiceNs { get; init; }

    /// <summary>When it no longer was.</summary>
    public long? BackNs { get; init; }

    public double? DetectedMs => (NoticedNs - ShowsNs) / 1e6;

    /// <summary>From the first that was noticed on, be it a note; 0 when the faulty one was not in service then, null when it stayed.</summary>
    public double? FallbackMs => NoticedNs is not { } noticed ? null
        : InServiceNs is null ? 0
        : BackNs is { } back ? Math.Max(0, (back - noticed) / 1e6) : null;

    /// <param name="samples">In order.</param>
    /// <param name="findings">First sight of each denial that was not applied, and of each request against something protected: when, and its words.</param>
    /// <param name="shows">When the fault could first be seen.</param>
    /// <param name="faulty">The faulty generation's number; null when no generation was installed.</param>
    public static Course Of(IReadOnlyList<StatusSample> samples, IReadOnlyList<(long AtNs, string Text)> findings, long shows, long? faulty)
    {
        long? noticed = null;
        string by = "";
        void Notice(long? at, string words)
        {
            if (at is { } when && (noticed is null || when < noticed))
            {
                (noticed, by) = (when, words);
            }
        }

        int before = samples.LastOrDefault(sample => sample.AtNs < shows && sample.Subject is not null)?.Subject?.Strikes ?? 0;
        StatusSample? struck = samples.FirstOrDefault(sample => sample.AtNs >= shows && sample.Subject is { } sensor && (sensor.Strikes > before || sensor.State == "quarantined"));
        Notice(struck?.AtNs, Words(struck?.Subject?.LastStrike));

        // One that was promoted all the same is still shown as refused for a moment.
        StatusSample? refused = samples.Zip(samples.Skip(1)).FirstOrDefault(pair => pair.Second.AtNs >= shows
            && pair.Second.Generation(faulty)?.State == "refused" && pair.First.Generation(faulty)?.State != "refused").Second;
        Notice(refused?.AtNs, $"refused: {refused?.Generation(faulty)?.Why}");
        StatusSample? entered = faulty is null ? null : samples.FirstOrDefault(sample => sample.Generation(faulty)?.State == "in service");
        StatusSample? left = entered is null ? null : samples.FirstOrDefault(sample => sample.AtNs > entered.AtNs && sample.Generation(faulty) is { State: not "in service" });
        Notice(left?.AtNs, $"fell back: {left?.Generation(faulty)?.Why}");
        long? decided = noticed;
        (long advisoryAt, string advisory) = findings.FirstOrDefault(finding => finding.AtNs >= shows);
        Notice(advisoryAt == 0 ? null : advisoryAt, advisory);
        return new Course { ShowsNs = shows, DecidedNs = decided, NoticedNs = noticed, NoticedBy = by, InServiceNs = entered?.AtNs, BackNs = left?.AtNs };
    }

    /// <summary>Harms that show in the sensor's own figures: what it used beyond what it may.</summary>
    public static IEnumerable<string> Excesses(IReadOnlyList<StatusSample> samples, Exhibit exhibit)
    {
        double memoryMb = Limit(exhibit, "memoryMb", 64);
        double most = samples.Select(sample => sample.Subject?.MemoryMb ?? 0).DefaultIfEmpty().Max();
        if (most > memoryMb * 1.25)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the sensor held {most:0} MB of memory; {memoryMb:0} are its share");
        }

        double cpuPercent = Limit(exhibit, "cpuPercent", 100);
        double used = ProcessorUse.MostPercent(samples);
        if (used > (cpuPercent * 1.3) + 10)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the sensor used {used:0} % of a processor; {cpuPercent:0} are its share");
        }
    }

    private static double Limit(Exhibit exhibit, string key, double otherwise) => exhibit.Sensor["limits"] is JsonObject limits && limits[key] is { } limit ? limit.GetValue<double>() : otherwise;

    // "2026-11-30 10:16:22Z Start: it ended …": the time stands in the picture already.
    private static string Words(string? strike) => strike is null ? "" : strike.Contains("Z ", StringComparison.Ordinal) ? $"strike: {strike.Split("Z ", 2)[1]}" : $"strike: {strike}";
}

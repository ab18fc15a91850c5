using Ringwall.Wire.Ocsf;

namespace Ringwall.Cli.Views;

/// <summary>One finding on one line.</summary>
internal static class FindingView
{
    /// <summary>The host denied something because of it.</summary>
    public static bool IsDenial(DetectionFinding finding) => finding.ActionId == 2;

    public static string Word(DetectionFinding finding) => IsDenial(finding) ? "DENIED" : finding.Unmapped?.NotApplied is not null ? "NOT DENIED" : (finding.Severity ?? "unknown").ToLowerInvariant();

    public static DateTimeOffset Time(DetectionFinding finding) => DateTimeOffset.FromUnixTimeMilliseconds(finding.Time).ToLocalTime();

    public static string Sensor(DetectionFinding finding) => finding.Unmapped?.Sensor ?? finding.Metadata.Product.Name;

    /// <summary>What it is about: the file, else the command line.</summary>
    public static string Subject(DetectionFinding finding)
    {
        Evidence? evidence = finding.Evidences.Count > 0 ? finding.Evidences[0] : null;
        return evidence?.File?.Path ?? evidence?.Process?.CmdLine ?? evidence?.Process?.File?.Path ?? "";
    }

    /// <summary>Who did it, in a word.</summary>
    public static string Actor(DetectionFinding finding)
    {
        ProcessEntity? process = finding.Evidences.Count > 0 ? finding.Evidences[0].Process : null;
        return process is null ? "" : $"{process.Name ?? "process"} {process.Pid}";
    }

    public static string Line(DetectionFinding finding)
    {
        string actor = Actor(finding);
        return $"{Time(finding):yyyy-MM-dd HH:mm:ss}  {Word(finding),-13} {Sensor(finding),-8} {finding.FindingInfo.Title}  {Subject(finding)}{(actor.Length == 0 ? "" : $"  by {actor}")}".TrimEnd();
    }
}

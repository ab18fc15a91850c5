using System.Globalization;
using Ringwall.Server.Dashboard.Models;

namespace Ringwall.Server.Dashboard.Parts;

/// <summary>Numbers, sizes and times in the words of the pages.</summary>
internal static class Words
{
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(long value, string one, string many) => $"{Count(value)} {(value == 1 ? one : many)}";

    public static string Share(double part, double whole) => whole <= 0 ? "–" : Share(part / whole);

    /// <summary>Never 0 % for something, and never 100 % for less than all.</summary>
    public static string Share(double share) => share switch
    {
        <= 0 => "0 %",
        < 0.01 => "< 1 %",
        > 0.99 and < 1 => "99 %",
        _ => $"{Math.Round(share * 100).ToString("0", CultureInfo.InvariantCulture)} %",
    };

    public static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    public static string Raw(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{Number(Math.Round(bytes / 1024.0, 1))} KiB",
        _ => $"{Number(Math.Round(bytes / 1024.0 / 1024.0, 1))} MiB",
    };

    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        TimeSpan ago = now - at;
        return ago switch
        {
            { TotalSeconds: < -60 } => $"in {Span(-ago)}",
            { TotalSeconds: < 5 } => "just now",
            { TotalDays: < 1 } => $"{Span(ago)} ago",
            _ when at.Year == now.Year => at.UtcDateTime.ToString("d MMM HH:mm", CultureInfo.InvariantCulture),
            _ => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        };
    }

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => $"{span.TotalSeconds:0} s",
        { TotalMinutes: < 90 } => $"{span.TotalMinutes:0} min",
        { TotalHours: < 36 } => $"{span.TotalHours:0} h",
        _ => $"{span.TotalDays:0} d",
    };

    public static string Class(Tone tone) => tone switch
    {
        Tone.Running => "running",
        Tone.Good => "good",
        Tone.Warn => "warn",
        Tone.Bad => "bad",
        _ => "quiet",
    };

    /// <summary>A release's path without what every path ends in.</summary>
    public static string Release(string path) => path.EndsWith(".tar.gz", StringComparison.Ordinal) ? path[..^7] : path;

    public static string ReleaseLink(string path) => $"/releases/{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)}";
}

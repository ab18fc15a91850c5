using System.Globalization;
using Ringwall.Wire.Door;

namespace Ringwall.Cli.Views;

/// <summary>The agent's status, for people.</summary>
internal static class AgentView
{
    public static void Write(Terminal terminal, AgentStatus status)
    {
        terminal.Out.WriteLine(status.Device is null ? "not enrolled" : $"device {Plain(status.Device)} of the ring {Plain(status.Ring)}, at {Plain(status.Server)}");
        terminal.Out.WriteLine($"agent {Plain(status.Version)}, process {status.Pid} since {Time(status.Since)}; this was written {Time(status.Now)}");
        terminal.Out.WriteLine($"host         {(status.HostAnswers ? "answers" : "does not answer")}");
        terminal.Out.WriteLine($"server       last answered {Time(status.LastContact)}");
        terminal.Out.WriteLine($"signed files last brought {Time(status.LastRefresh)}");
        terminal.Out.WriteLine($"reports      last delivered {Time(status.LastReport)}; {status.Queued} wait, {status.LostReports} were given up");
        if (status.ClockAhead is { } ahead)
        {
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"clock        {Math.Abs(ahead / 1000.0):F1} s {(ahead >= 0 ? "ahead of" : "behind")} the server's"));
        }

        foreach (string trouble in status.Troubles)
        {
            terminal.Out.WriteLine($"trouble      {Plain(trouble)}");
        }

        if (status.Releases.Count > 0)
        {
            Sheet sheet = new(words: 3, "RELEASE", "HERE IT IS", "BECAUSE");
            foreach (DoorRelease release in status.Releases)
            {
                sheet.Row(Plain(release.Path), Plain(release.Standing), Plain(release.Because));
            }

            sheet.Write(terminal.Console);
        }
    }

    // The agent's words, on root's terminal.
    private static string Plain(string? text) => string.Concat((text ?? "").Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));

    private static string Time(long? milliseconds) =>
        milliseconds is { } at and > -62_000_000_000_000 and < 253_000_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "never";
}

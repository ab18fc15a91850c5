using System.Globalization;
using Ringwall.Wire.Door;

namespace Ringwall.Cli.Views;

/// <summary>The agent's status, for people.</summary>
internal static class AgentView
{
    public static void Write(Terminal terminal, AgentStatus status)
    {
        terminal.Out.WriteLine(status.Device is null ? "not enrolled" : $"device {status.Device} of the ring {status.Ring}, at {status.Server}");
        terminal.Out.WriteLine($"agent {status.Version}, process {status.Pid} since {Time(status.Since)}; this was written {Time(status.Now)}");
        terminal.Out.WriteLine($"host         {(status.HostAnswers ? "answers" : "does not answer")}");
        terminal.Out.WriteLine($"server       last answered {Time(status.LastContact)}");
        terminal.Out.WriteLine($"signed files last brought {Time(status.LastRefresh)}");
        terminal.Out.WriteLine($"reports      last delivered {Time(status.LastReport)}; {status.Queued} wait, {status.LostReports} were given up");
        if (status.ClockAhead is { } ahead)
        {
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"clock        {Math.Abs(ahead) / 1000.0:F1} s {(ahead >= 0 ? "ahead of" : "behind")} the server's"));
        }

        foreach (string trouble in status.Troubles)
        {
            terminal.Out.WriteLine($"trouble      {trouble}");
        }

        if (status.Releases.Count > 0)
        {
            Sheet sheet = new(words: 3, "RELEASE", "HERE IT IS", "BECAUSE");
            foreach (DoorRelease release in status.Releases)
            {
                sheet.Row(release.Path, release.Standing, release.Because);
            }

            sheet.Write(terminal.Console);
        }
    }

    private static string Time(long? milliseconds) =>
        milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "never";
}

namespace Ringwall.Agent.Enrolling;

/// <summary>What a server may say of numbers. It is not trusted: none of its numbers may stop a device for longer than an hour, or outlive the server that said it.</summary>
internal static class Plausible
{
    /// <summary>The year 2200, in Unix milliseconds: below it no arithmetic with moments fails.</summary>
    public const long LatestMoment = 7_258_118_400_000;

    private const long LongestMinute = 3_600_000;
    private const int LongestReportMinutes = 1440;

    /// <summary>For how long a server may ask to be left alone.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromHours(1);

    /// <summary>A minute of the rollout, from a millisecond to an hour.</summary>
    public static long Pace(long milliseconds) => Math.Clamp(milliseconds, 1, LongestMinute);

    /// <summary>Minutes between two reports, up to a day of the rollout.</summary>
    public static int ReportMinutes(int minutes) => Math.Clamp(minutes, 1, LongestReportMinutes);

    /// <exception cref="AgentException">It is no moment between 1970 and 2200.</exception>
    public static long Moment(long unixMilliseconds, string what) => unixMilliseconds is >= 0 and <= LatestMoment
        ? unixMilliseconds
        : throw new AgentException($"the server gives {unixMilliseconds} as {what}");
}

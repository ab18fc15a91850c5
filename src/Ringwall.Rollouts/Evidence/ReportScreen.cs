namespace Ringwall.Rollouts;

/// <summary>
/// Decides whether a report makes sense. One that does not is set aside and counted; it is never evidence of health. What a sensor or a broken clock
/// says can so delay growth, and never hasten it.
/// </summary>
public static class ReportScreen
{
    /// <summary>How far a device's clock may run ahead.</summary>
    public const long MostAhead = 5;

    /// <summary>How late a report may come: a device that was offline for a day brings what it had stored.</summary>
    public const long MostBehind = 24 * 60;

    public static ReportVerdict Screen(in ReportFacts report)
    {
        if (report.ClaimedMinute > report.ReceivedMinute + MostAhead)
        {
            return ReportVerdict.ClockAhead;
        }

        if (report.ClaimedMinute < report.ReceivedMinute - MostBehind)
        {
            return ReportVerdict.ClockBehind;
        }

        if (report.Sequence <= report.LastSequence)
        {
            return ReportVerdict.Repeated;
        }

        if (report.ClaimedAge < 0)
        {
            return ReportVerdict.Counts;
        }

        if (report.OfferedMinute < 0)
        {
            return ReportVerdict.NeverOffered;
        }

        // It cannot have run longer than it could have had the release.
        return report.ClaimedAge > report.ReceivedMinute - report.OfferedMinute ? ReportVerdict.OlderThanTheOffer : ReportVerdict.Counts;
    }
}

namespace Ringwall.Rollouts;

public enum ReportVerdict
{
    Counts,
    ClockAhead,
    ClockBehind,
    Repeated,
    NeverOffered,
    OlderThanTheOffer,
}

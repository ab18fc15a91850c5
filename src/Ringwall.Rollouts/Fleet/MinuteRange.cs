namespace Ringwall.Rollouts;

/// <summary>
/// A stretch of time in minutes, start included, end excluded. With a period it repeats (10,080 is a week, counted from Monday 00:00 UTC).
/// </summary>
public readonly record struct MinuteRange(long Start, long End, long Period = 0)
{
    public const long Week = 7 * 24 * 60;

    public bool Holds(long minute)
    {
        if (Period <= 0)
        {
            return minute >= Start && minute < End;
        }

        long into = ((minute - Start) % Period + Period) % Period;
        return into < End - Start;
    }
}

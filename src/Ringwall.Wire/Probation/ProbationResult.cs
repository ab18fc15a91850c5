namespace Ringwall.Wire.Probation;

/// <summary>How a probation stands or ended. The words are stable.</summary>
public static class ProbationResult
{
    public const string Running = "running";

    /// <summary>Every gate held: it may be promoted.</summary>
    public const string Passed = "passed";

    /// <summary>A gate did not hold: it is never promoted unless a person or a newer release says otherwise.</summary>
    public const string Refused = "refused";

    /// <summary>Too little was seen before the time was over; treated as refused.</summary>
    public const string Inconclusive = "inconclusive";

    /// <summary>It was ended from outside: the host ended, or a newer generation came.</summary>
    public const string Abandoned = "abandoned";
}

namespace Ringwall.Wire.Probation;

/// <summary>How a gate stands. The words are stable.</summary>
public static class GateState
{
    public const string Passed = "passed";

    /// <summary>It does not hold, and can not any more.</summary>
    public const string Failed = "failed";

    /// <summary>More has to be seen first.</summary>
    public const string Waiting = "waiting";

    /// <summary>Too little can be compared to say anything; does not keep a generation from passing.</summary>
    public const string NotJudged = "not judged";
}

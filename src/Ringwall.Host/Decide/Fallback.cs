using Ringwall.Contract;

namespace Ringwall.Host.Decide;

/// <summary>What counts when no verdict came in time: whether Ringwall fails open or closed is decided by this and nowhere else.</summary>
public enum Fallback
{
    /// <summary>Allowed.</summary>
    Open,

    /// <summary>Denied.</summary>
    Closed,

    /// <summary>As the last verdict for these very bytes; allowed when there is none.</summary>
    LastKnown,
}

/// <summary>Turns a fallback into a verdict.</summary>
public static class Fallbacks
{
    /// <param name="fallback">What the operator chose for the event class.</param>
    /// <param name="lastKnown">The last verdict for the same bytes; <see cref="Verdict.None"/> when there is none.</param>
    public static Verdict Resolve(this Fallback fallback, Verdict lastKnown) => fallback switch
    {
        Fallback.Closed => Verdict.Deny,
        Fallback.LastKnown when lastKnown != Verdict.None => lastKnown,
        _ => Verdict.Allow,
    };
}

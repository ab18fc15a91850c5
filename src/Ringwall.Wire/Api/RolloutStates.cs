namespace Ringwall.Wire.Api;

/// <summary>What a rollout can be.</summary>
public static class RolloutStates
{
    /// <summary>Nobody is let in before enough people approved.</summary>
    public const string Waiting = "waiting";

    public const string Running = "running";

    /// <summary>A person paused it: nobody more is let in, and whoever was let in does not install. Evidence is still looked at, and may halt it.</summary>
    public const string Paused = "paused";

    /// <summary>For good, by the rules or by a person: the release is withdrawn.</summary>
    public const string Halted = "halted";

    /// <summary>Everybody may install it.</summary>
    public const string Complete = "complete";

    /// <summary>A newer release of the stream has reached everybody, or began before this one was approved. It is judged no more.</summary>
    public const string Superseded = "superseded";
}

namespace Ringwall.Rollouts;

/// <summary>What a release replaces. Pins are set for each stream by itself: holding back the engine does not hold back content.</summary>
public enum ReleaseStream
{
    Engine = 0,
    Content = 1,
    Configuration = 2,
    Exclusion = 3,
    KillSwitch = 4,
}

namespace Ringwall.Host.Supervision;

/// <summary>What follows on a sensor's strikes.</summary>
internal abstract record RestartDecision
{
    private RestartDecision()
    {
    }

    /// <summary>It may be started again, but not before so long.</summary>
    internal sealed record StartAfter(TimeSpan Delay) : RestartDecision;

    /// <summary>It is taken out of service until an operator starts it.</summary>
    internal sealed record Quarantine(string Why) : RestartDecision;
}

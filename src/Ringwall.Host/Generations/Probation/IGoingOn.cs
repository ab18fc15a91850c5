namespace Ringwall.Host.Generations.Probation;

/// <summary>How a probation is going, for what is a part of it.</summary>
internal interface IGoingOn
{
    public TimeSpan Now { get; }

    /// <summary>There is a result, or nobody wants one any more.</summary>
    public bool IsOver();

    /// <summary>Waits for so long, or until an ask has ended.</summary>
    public void Await(TimeSpan atMost);
}

namespace Ringwall.Host.Generations.Succession;

/// <summary>Who or what had a generation taken out of service. Why, for people, is said beside it.</summary>
internal enum FallbackCause
{
    /// <summary>It failed, or spent a budget.</summary>
    Failure,

    /// <summary>A person at this machine wanted it.</summary>
    Order,

    /// <summary>The fleet's operator took its release back.</summary>
    Withdrawal,
}

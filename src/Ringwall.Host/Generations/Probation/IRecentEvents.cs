namespace Ringwall.Host.Generations.Probation;

/// <summary>What happened on this machine of late, from the journal.</summary>
internal interface IRecentEvents
{
    /// <summary>The last asks, oldest first.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IReadOnlyList<RecentAsk> Asks(int most);

    /// <summary>The last tell events, oldest first, in the contract's bytes.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IReadOnlyList<byte[]> Tells(int most);
}

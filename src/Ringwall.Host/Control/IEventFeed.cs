using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>Tell events, for those who follow them.</summary>
internal interface IEventFeed
{
    /// <summary>What comes from now on.</summary>
    public IFollower<EventLine> Follow(EventFilter filter);

    /// <summary>What the journal has of a time, oldest first.</summary>
    /// <param name="filter">Which of it.</param>
    /// <param name="since">What happened before is left out.</param>
    /// <param name="andOn">What comes from now on is wanted, too: nothing is missing in between, and nothing comes twice.</param>
    /// <returns>Null when no journal is kept.</returns>
    public IFollower<EventLine>? Since(EventFilter filter, DateTimeOffset since, bool andOn);
}

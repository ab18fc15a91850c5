using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>Tell events, for those who follow them.</summary>
internal interface IEventFeed
{
    public IFollower<EventLine> Follow(EventFilter filter);
}

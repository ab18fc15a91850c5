using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>Passes on that a person changed a rollout: to the pages, and to the driver, so that nobody waits for the next look.</summary>
internal sealed class RolloutSignal(ChangeFeed feed)
{
    /// <summary>The driver's, when it runs.</summary>
    public Action Nudge { get; set; } = () => { };

    public void Tell(string rollout)
    {
        feed.Tell(new FleetChange("rollout", rollout));
        Nudge();
    }
}

namespace Ringwall.Simulator;

/// <summary>A way to let a release out. Called once a minute; raises exposure and may halt.</summary>
internal interface IStrategy
{
    public string Name { get; }

    /// <summary>Offers the way back in stages; others offer it to everybody at once.</summary>
    public bool StagesReturn { get; }

    public void Step(FleetView view);
}

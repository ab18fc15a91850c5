namespace Ringwall.Host.Control;

/// <summary>An operator's hand on the sensors.</summary>
internal interface ISensorSwitch
{
    /// <summary>Ends it and starts it again, out of quarantine too.</summary>
    public SwitchOutcome Restart(string name);

    /// <summary>Ends it, and leaves it ended until an operator starts it.</summary>
    public SwitchOutcome Stop(string name);

    /// <summary>Starts one that was stopped or is in quarantine; its strikes are forgiven.</summary>
    public SwitchOutcome Start(string name);
}

namespace Ringwall.Wire.Door;

/// <summary>What the agent can ask of the host.</summary>
public static class DoorVerb
{
    /// <summary>Says who this device is in the fleet; without an identity, only asks. The first one is kept, and no other taken.</summary>
    public const string Hello = "hello";

    /// <summary>The operator's keys say where this device stands; the host believes them, and not who brings it.</summary>
    public const string Move = "move";

    /// <summary>The spool has news: the host verifies it by itself and says which releases it wants.</summary>
    public const string Refresh = "refresh";

    /// <summary>The package of a release lies in the spool.</summary>
    public const string Install = "install";

    /// <summary>What happened on this device; what the agent has stored already is forgotten.</summary>
    public const string Report = "report";
}

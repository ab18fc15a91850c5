namespace Ringwall.Wire.Door;

/// <summary>What a release that is offered is to this device. The words are stable.</summary>
public static class DoorStanding
{
    /// <summary>It may be installed now: bring its package.</summary>
    public const string Wanted = "wanted";

    /// <summary>It is here already, whatever became of it.</summary>
    public const string Installed = "installed";

    /// <summary>It may be installed, but not now: outside its windows, or held at another by a pin.</summary>
    public const string Held = "held";

    /// <summary>This device is not among those that may have it yet.</summary>
    public const string NotExposed = "not exposed";

    /// <summary>Nothing on this device takes it: another sensor's, another vendor's, or not newer than what is here.</summary>
    public const string NotForUs = "not for us";

    /// <summary>The operator took it back.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Vendor and operator do not agree on it, or its package was refused.</summary>
    public const string Refused = "refused";
}

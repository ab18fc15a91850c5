namespace Ringwall.Contract;

/// <summary>How bad a finding is: severity_id of the Open Cybersecurity Schema Framework (OCSF), 1 to 6.</summary>
public enum Severity : byte
{
    /// <summary>Not a severity; never on the wire.</summary>
    None = 0,

    /// <summary>No action is needed.</summary>
    Informational = 1,

    /// <summary>A person decides whether action is needed.</summary>
    Low = 2,

    /// <summary>Action is needed, but it is not urgent.</summary>
    Medium = 3,

    /// <summary>Action is needed at once.</summary>
    High = 4,

    /// <summary>Action is needed at once and the scope is broad.</summary>
    Critical = 5,

    /// <summary>Action is needed, but it may be too late.</summary>
    Fatal = 6,
}

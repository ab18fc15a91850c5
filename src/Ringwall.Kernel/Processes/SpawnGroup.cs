namespace Ringwall.Kernel.Processes;

/// <summary>Which process group a child starts in. A terminal's Ctrl-C goes to the whole foreground group.</summary>
public enum SpawnGroup
{
    /// <summary>The parent's.</summary>
    Inherited,

    /// <summary>A new one in the parent's session.</summary>
    OwnGroup,

    /// <summary>A new one in a new session without a terminal.</summary>
    OwnSession,
}

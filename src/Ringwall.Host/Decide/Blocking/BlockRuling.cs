namespace Ringwall.Host.Decide.Blocking;

/// <summary>What is known of a file and the blocks.</summary>
internal enum BlockRuling
{
    /// <summary>Its bytes are not blocked.</summary>
    Free,

    /// <summary>They are.</summary>
    Blocked,

    /// <summary>It has as many bytes as something that is blocked, and nobody has looked at them yet.</summary>
    Unknown,
}

namespace Ringwall.Contract;

/// <summary>What became of a request.</summary>
public enum ResponseOutcome : byte
{
    /// <summary>Not an outcome.</summary>
    None = 0,

    /// <summary>It was done, or was so already.</summary>
    Done = 1,

    /// <summary>The host will not do it. Nothing was changed.</summary>
    Refused = 2,

    /// <summary>The host tried. Nothing was changed.</summary>
    Failed = 3,
}

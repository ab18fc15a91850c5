namespace Ringwall.Host.Configuration;

/// <summary>What to answer without a verdict.</summary>
internal enum FallbackChoice
{
    /// <summary>Allow: the machine goes on.</summary>
    Open,

    /// <summary>Deny: nothing unseen runs.</summary>
    Closed,

    /// <summary>What was last decided for the same file, whatever its contents now; allow when it was never seen.</summary>
    LastKnown,
}

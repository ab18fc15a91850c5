namespace Ringwall.Host.Decide.Guardrails;

/// <summary>What becomes of a sensor's denial.</summary>
internal enum DenialRuling
{
    /// <summary>It counts.</summary>
    Applied,

    /// <summary>It is recorded and reported, and counts for nothing.</summary>
    Advisory,

    /// <summary>The file is being looked at; the ask stays open meanwhile.</summary>
    Pending,
}

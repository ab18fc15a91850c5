namespace Ringwall.Host.Configuration;

/// <summary>
/// What stands between a sensor and the machine, one by one. Each can be left out by name (<see cref="HostConfiguration.WithoutGuards"/>), so that a rehearsal can show
/// what it is good for.
/// </summary>
internal enum Guard
{
    /// <summary>A deny on a protected file is reported, not applied.</summary>
    ProtectedSet,

    /// <summary>A generation that denies too much loses its say.</summary>
    DenyBudget,

    /// <summary>A new generation is tried beside the one in service before its verdicts count.</summary>
    Probation,

    /// <summary>The generation before is brought back when the one in service fails.</summary>
    Fallback,

    /// <summary>So many kills, quarantines, blocks and isolations in a time, and no more.</summary>
    ResponsesBudget,

    /// <summary>What a sensor had done is kept so that it can be taken back.</summary>
    Undo,

    /// <summary>Content is given only to an engine that says it reads its schema.</summary>
    Schema,

    /// <summary>A generation's files are compared with their digests before each start.</summary>
    Digests,

    /// <summary>A sensor may use so much memory, processor time, processes and descriptors.</summary>
    Limits,

    /// <summary>A sensor may write so much to its own folder, to its output and in findings.</summary>
    Quota,
}

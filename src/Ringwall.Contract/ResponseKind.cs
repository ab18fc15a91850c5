namespace Ringwall.Contract;

/// <summary>What a sensor can request of the host. The host does it, within budgets, never to what is protected, and so that it can be undone.</summary>
public enum ResponseKind : byte
{
    /// <summary>Not a response.</summary>
    None = 0,

    /// <summary>End a process. The one that cannot be undone.</summary>
    Kill = 1,

    /// <summary>Move a file, with all that belongs to it, out of everybody's reach.</summary>
    Quarantine = 2,

    /// <summary>Deny executions and opens of a file, and of every other file with the same bytes.</summary>
    Block = 3,

    /// <summary>Cut this machine off the network, but for itself and what the operator exempted.</summary>
    Isolate = 4,
}

using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Processes;

/// <summary>What to start, and the whole of what it gets.</summary>
public sealed record SpawnRequest
{
    /// <summary>The program's path. Not searched for in PATH.</summary>
    public required string Path { get; init; }

    /// <summary>All arguments, the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as NAME=VALUE. Nothing is inherited.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>
    /// The whole of the child's descriptors: number in the child, and what is to be there. Every other number is closed in the
    /// child. The handles stay the caller's and stay close-on-exec here.
    /// </summary>
    public IReadOnlyDictionary<int, SafeHandle> Descriptors { get; init; } = new Dictionary<int, SafeHandle>();

    public SpawnGroup Group { get; init; } = SpawnGroup.Inherited;

    /// <summary>
    /// The child is number 1 of a new pid namespace: it sees no process but its own children, and when it ends they all do. Needs
    /// CAP_SYS_ADMIN. pid_namespaces(7).
    /// </summary>
    public bool OwnPidNamespace { get; init; }
}

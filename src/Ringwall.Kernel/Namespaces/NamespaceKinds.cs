using static Ringwall.Kernel.Abi.linux_sched;

namespace Ringwall.Kernel.Namespaces;

/// <summary>namespaces(7).</summary>
[Flags]
public enum NamespaceKinds
{
    None = 0,
    Mount = CLONE_NEWNS,
    Cgroup = CLONE_NEWCGROUP,
    HostName = CLONE_NEWUTS,
    Ipc = CLONE_NEWIPC,

    /// <summary>
    /// Of the calling thread's future children, not its own. A child is to be born into one by <see cref="Processes.SpawnRequest.OwnPidNamespace"/>,
    /// because a thread whose children live elsewhere can make no threads.
    /// </summary>
    Pid = CLONE_NEWPID,
    Network = CLONE_NEWNET,
}

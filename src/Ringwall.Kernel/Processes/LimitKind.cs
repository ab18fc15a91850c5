using static Ringwall.Kernel.Abi.sys_resource;

namespace Ringwall.Kernel.Processes;

/// <summary>getrlimit(2).</summary>
public enum LimitKind
{
    /// <summary>Bytes of a file that is written.</summary>
    FileSize = RLIMIT_FSIZE,

    /// <summary>Bytes of private memory that can be written. Address space that is only reserved does not count.</summary>
    PrivateMemory = RLIMIT_DATA,

    /// <summary>Bytes of a core dump. 1 is special: it also keeps the kernel from running a program that would take the dump; core(5).</summary>
    CoreDump = RLIMIT_CORE,

    /// <summary>Tasks (processes and threads) of the user.</summary>
    Tasks = RLIMIT_NPROC,

    /// <summary>Open descriptors.</summary>
    Descriptors = RLIMIT_NOFILE,

    /// <summary>Bytes of memory that is locked.</summary>
    LockedMemory = RLIMIT_MEMLOCK,

    /// <summary>Signals that wait to be delivered to the user's processes.</summary>
    PendingSignals = RLIMIT_SIGPENDING,

    /// <summary>Bytes in message queues.</summary>
    MessageQueues = RLIMIT_MSGQUEUE,

    /// <summary>How far the nice value can be lowered.</summary>
    Nice = RLIMIT_NICE,

    /// <summary>Highest real-time priority.</summary>
    RealTime = RLIMIT_RTPRIO,
}

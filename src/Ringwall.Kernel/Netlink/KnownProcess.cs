namespace Ringwall.Kernel.Netlink;

/// <summary>What the connector itself must remember of a process, because the kernel's messages have only its number.</summary>
internal struct KnownProcess
{
    public ulong StartNs;
    public ulong ParentStartNs;
    public int ParentPid;
    public uint User;
    public uint Group;

    /// <summary>The first thread has ended and others have not: the process ends with the last one.</summary>
    public bool LeaderEnded;

    public int Status;
}

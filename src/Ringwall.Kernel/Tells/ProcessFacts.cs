namespace Ringwall.Kernel.Tells;

/// <summary>Who it is about, as the kernel knew it at that moment.</summary>
/// <param name="Pid">Process number (tgid).</param>
/// <param name="StartNs">When it started, nanoseconds since boot. From /proc only as fine as 10 ms.</param>
/// <param name="ParentPid">Its parent. 0: none, or not known.</param>
/// <param name="ParentStartNs">When the parent started. 0: not known.</param>
/// <param name="User">Effective user.</param>
/// <param name="Group">Effective group.</param>
public readonly record struct ProcessFacts(int Pid, ulong StartNs, int ParentPid, ulong ParentStartNs, uint User, uint Group);

namespace Ringwall.Kernel.Fanotify;

/// <summary>One process, stopped by the kernel, waiting for an answer about one open file.</summary>
/// <param name="Events">What it was stopped for.</param>
/// <param name="EventFd">The file, open read-only in this process. It names the event in the answer; whoever read the event closes it.</param>
/// <param name="Pid">Thread group of the process, in the namespace of who made the group.</param>
public readonly record struct PermissionEvent(PermissionEvents Events, int EventFd, int Pid);

namespace Ringwall.Kernel.Files;

/// <summary>
/// Which file, and which bytes of it: they are the same bytes while all of this is the same, no writer was open in between, and the change
/// time had come to rest (<see cref="FileState.ChangedWithin"/>). statx(2).
/// </summary>
/// <param name="Device">Device number, major in the high half.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ChangedNs">Time of the last status change, nanoseconds since 1970.</param>
/// <param name="ModifiedNs">Time of the last modification, nanoseconds since 1970.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode, ulong Size, long ChangedNs, long ModifiedNs);

using Ringwall.Contract;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide;

/// <summary>
/// What makes two asks in flight one question: the same bytes, the same class, asked by the same program of the same user. Two programs are not
/// one question: a sensor may allow one of them what it denies the other.
/// </summary>
internal readonly record struct SameQuestion(
    ulong Device, ulong Inode, ulong Size, long ChangedNs, long ModifiedNs, EventClass Class, ulong ProgramDevice, ulong ProgramInode, uint User)
{
    public static SameQuestion Of(in FileIdentity file, EventClass of, ulong programDevice, ulong programInode, uint user) =>
        new(file.Device, file.Inode, file.Size, file.ChangedNs, file.ModifiedNs, of, programDevice, programInode, user);
}

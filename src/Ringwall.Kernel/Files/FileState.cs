namespace Ringwall.Kernel.Files;

/// <summary>What the kernel says of an open file. statx(2).</summary>
/// <param name="Identity">Which file, and which bytes.</param>
/// <param name="Owner">User id.</param>
/// <param name="Group">Group id.</param>
/// <param name="Mode">Type and permissions, as st_mode of inode(7).</param>
/// <param name="Links">Names that it has.</param>
/// <param name="Mount">The mount that it was reached by: the first number of a line of /proc/self/mountinfo. 0 before Linux 5.8.</param>
public readonly record struct FileState(FileIdentity Identity, uint Owner, uint Group, ushort Mode, uint Links, int Mount)
{
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int GroupOrOthersWrite = 0x12;

    public bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>
    /// Owner root and no write permission for group or others. With an access list the group bits show the list's mask
    /// (acl(5)), so a list that lets anybody write shows here too.
    /// </summary>
    public bool OnlyRootMayWrite => Owner == 0 && (Mode & GroupOrOthersWrite) == 0;

    /// <summary>
    /// True while a further change could leave the same time stamp: kernels before 6.13 stamp with the clock's tick (up to 10 ms).
    /// </summary>
    public bool ChangedWithin(TimeSpan span, long nowNs) => nowNs - Identity.ChangedNs < span.Ticks * 100;
}

namespace Ringwall.Kernel.Files;

/// <summary>What the kernel says of an open file. statx(2).</summary>
public readonly record struct FileState(FileIdentity Identity, uint Owner, uint Group, ushort Mode)
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

namespace Ringwall.Kernel.Fanotify;

/// <summary>One event of a change group. A view over the buffer that it was read into.</summary>
public ref struct ChangeEvent
{
    public ChangeKinds Kinds;

    /// <summary>Who did it (tgid); 0 when the kernel could not say.</summary>
    public int Pid;

    /// <summary>The file itself. None where the kernel does not tell it: for names that come and go before 5.17, for a deleted name.</summary>
    public HandleView Target;

    /// <summary>The directory in which <see cref="Name"/> is; of a rename, the old one.</summary>
    public HandleView Directory;

    /// <summary>The name in the directory; "." for the directory itself.</summary>
    public ReadOnlySpan<byte> Name;

    /// <summary>Of a rename, the new directory.</summary>
    public HandleView NewDirectory;

    /// <summary>Of a rename, the new name.</summary>
    public ReadOnlySpan<byte> NewName;

    public readonly bool Has(ChangeKinds kind) => (Kinds & kind) != 0;
}

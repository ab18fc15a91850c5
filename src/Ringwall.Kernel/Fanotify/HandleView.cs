using System.Buffers.Binary;

namespace Ringwall.Kernel.Fanotify;

/// <summary>
/// A file by its file system's own name for it, which outlives renames: eight bytes that name the file system, then struct file_handle
/// (length u32, type i32, bytes) of open_by_handle_at(2). A view over an event's bytes.
/// </summary>
public readonly ref struct HandleView
{
    /// <summary>Longest that a handle may be: MAX_HANDLE_SZ of name_to_handle_at(2).</summary>
    public const int LongestHandle = 128;

    private const int FileSystemBytes = 8;
    private const int HeadBytes = 8;

    private HandleView(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>All of it: equal bytes are the same file, until the file is deleted; inode numbers that are used again come with another generation.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public bool IsNone => Bytes.IsEmpty;

    /// <summary>As f_fsid of statfs(2) has it.</summary>
    public ulong FileSystem => IsNone ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(Bytes);

    /// <summary>The form of <see cref="Handle"/>, which each file system chooses.</summary>
    public int Type => BinaryPrimitives.ReadInt32LittleEndian(Bytes[(FileSystemBytes + sizeof(uint))..]);

    public ReadOnlySpan<byte> Handle => Bytes[(FileSystemBytes + HeadBytes)..];

    /// <summary>struct file_handle, for the system call.</summary>
    internal ReadOnlySpan<byte> ForKernel => Bytes[FileSystemBytes..];

    /// <summary>Takes one from the start of some bytes. False: they are not like that.</summary>
    public static bool TryTake(ReadOnlySpan<byte> bytes, out HandleView view, out ReadOnlySpan<byte> rest)
    {
        view = default;
        rest = default;
        if (bytes.Length < FileSystemBytes + HeadBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FileSystemBytes..]);
        if (length > LongestHandle || length > bytes.Length - FileSystemBytes - HeadBytes)
        {
            return false;
        }

        int whole = FileSystemBytes + HeadBytes + (int)length;
        view = new HandleView(bytes[..whole]);
        rest = bytes[whole..];
        return true;
    }

    /// <summary>From <see cref="Bytes"/> that were kept.</summary>
    public static HandleView From(ReadOnlySpan<byte> kept) => TryTake(kept, out HandleView view, out _) ? view : default;
}

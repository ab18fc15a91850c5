using System.Buffers.Binary;

namespace Ringwall.Kernel.Fanotify;

/// <summary>Reads the inode number out of handles of file systems that keep it there, so that the file need not be looked for.</summary>
public static class InodeHandles
{
    private const int Ino32Generation = 1;      // FILEID_INO32_GEN of linux/exportfs.h
    private const int Xfs64 = 0x81;             // FILEID_INO32_GEN | XFS_FILEID_TYPE_64FLAG of fs/xfs/xfs_export.h

    /// <summary>False when the form of the handle is not known, or the file system numbers its files in a way that stat(2) does not show.</summary>
    public static bool TryInode(string fileSystemType, HandleView handle, out ulong inode)
    {
        ReadOnlySpan<byte> bytes = handle.IsNone ? default : handle.Handle;
        int type = handle.IsNone ? 0 : handle.Type;
        inode = (fileSystemType, type, bytes.Length) switch
        {
            // struct fid.i32: inode u32, generation u32 (fs/libfs.c, generic_encode_ino32_fh).
            ("ext2" or "ext3" or "ext4" or "f2fs" or "xfs", Ino32Generation, 8) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),

            // Generation u32, inode u64 in two halves (mm/shmem.c, shmem_encode_fh).
            ("tmpfs", Ino32Generation, 12) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]),

            // struct xfs_fid64: inode u64, generation u32.
            ("xfs", Xfs64, 12) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            _ => 0,
        };
        return inode != 0;
    }
}

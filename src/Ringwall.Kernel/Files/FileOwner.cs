using System.Text;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Files;

/// <summary>Whose a file is.</summary>
public static unsafe class FileOwner
{
    /// <summary>Gives the file to a group and leaves its user alone. chown(2).</summary>
    public static void SetGroup(string path, int group) => Give(path, uint.MaxValue, (uint)group);

    /// <summary>Gives the file to a user and the group of the same number. chown(2).</summary>
    public static void Give(string path, uint user) => Give(path, user, user);

    private static void Give(string path, uint user, uint group)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        // SAFETY: a string closed by zero, fixed for the call. An owner of -1 is left as it is.
        fixed (byte* bytes = name)
        {
            if (libc_unistd.chown(bytes, user, group) != 0)
            {
                KernelException.Throw($"chown({path}, user {(int)user}, group {(int)group})");
            }
        }
    }
}

using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Decide.Blocking;

/// <summary>SHA-256 of whole files, hexadecimal.</summary>
internal static class Digest
{
    private const int BlockBytes = 128 * 1024;

    /// <param name="file">Open for reading.</param>
    /// <param name="passed">Sees each part of the content, and where it lies.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Of(SafeFileHandle file, Action<ReadOnlyMemory<byte>, long>? passed = null)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockBytes];
        long at = 0;
        for (int read; (read = RandomAccess.Read(file, block, at)) > 0; at += read)
        {
            hash.AppendData(block, 0, read);
            passed?.Invoke(block.AsMemory(0, read), at);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

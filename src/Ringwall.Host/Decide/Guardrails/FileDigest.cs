using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Decide.Guardrails;

/// <summary>A file's MD5 digest, as package databases have it.</summary>
internal static class FileDigest
{
    /// <summary>Longer files are not looked at: half a second or more would be spent on one. 256 MiB.</summary>
    public const long LongestBytes = 256L << 20;

    private const int Step = 256 * 1024;

    /// <param name="file">Open for reading.</param>
    /// <param name="buffer">Room for a step.</param>
    /// <returns>Null when it is too long or cannot be read.</returns>
    [SuppressMessage("Security", "CA5351", Justification = "What dpkg has; see DpkgDatabase.")]
    public static byte[]? TryCompute(SafeFileHandle file, byte[] buffer)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        try
        {
            for (long at = 0; at <= LongestBytes;)
            {
                int read = RandomAccess.Read(file, buffer, at);
                if (read == 0)
                {
                    return hash.GetHashAndReset();
                }

                hash.AppendData(buffer, 0, read);
                at += read;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return null;
    }

    public static byte[] Buffer() => new byte[Step];
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Host.Generations.Probation;

/// <summary>One digest for everything below folders: the names, sizes and bytes of all files, in the order of their names' bytes.</summary>
internal static class FolderDigest
{
    /// <returns>SHA-256 in hexadecimal; null when there is no folder, or something in it cannot be read.</returns>
    public static string? Of(IEnumerable<string> folders)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool any = false;
        try
        {
            foreach (string folder in folders)
            {
                any = true;
                Add(hash, folder);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return any ? Convert.ToHexStringLower(hash.GetHashAndReset()) : null;
    }

    private static void Add(IncrementalHash hash, string folder)
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        string[] names = [.. Directory.EnumerateFiles(folder, "*", all).Select(path => Path.GetRelativePath(folder, path))];
        Array.Sort(names, StringComparer.Ordinal);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (string name in names)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt64LittleEndian(length, utf8.Length);
            hash.AppendData(length);
            hash.AppendData(utf8);
            using FileStream file = File.OpenRead(Path.Combine(folder, name));
            BinaryPrimitives.WriteInt64LittleEndian(length, file.Length);
            hash.AppendData(length);
            hash.AppendData(SHA256.HashData(file));
        }
    }
}

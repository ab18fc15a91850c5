// Owns:     nothing; it changes what it is given the path of.
// Ordering: what is to be found is made beside under a name that begins with a dot, flushed, its folder flushed, renamed, and the folder that it then
//           stands in flushed. Whatever still has such a name after a crash is nothing and goes.

using System.Buffers;
using System.Security.Cryptography;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>Changes of files that a crash leaves done or not done. Everything here throws IOException when the disk refuses.</summary>
internal static class StoreFiles
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Enterable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Folder = UnixFileMode.UserWrite | Readable | Enterable;
    private const int Chunk = 128 * 1024;

    /// <summary>Replaces a file by other bytes: a reader finds the old ones or the new ones.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        string beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.new");
        using (FileStream file = Create(beside, executable: false, FileMode.Create))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a file that is not there, for a sensor to read.</summary>
    public static FileStream Create(string path, bool executable, FileMode mode = FileMode.CreateNew)
    {
        FileStream file = new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 });
        try
        {
            // Whatever the umask is: sensors have users of their own.
            File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserWrite | Readable | (executable ? Enterable : 0));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a folder and those above it that are not there.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string above = Path.GetDirectoryName(path)!;
        MakeFolder(above);
        MakeReadableFolder(path);
        Flush(above);
    }

    /// <summary>In one that is there, which is not flushed.</summary>
    public static void MakeReadableFolder(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Folder);
    }

    /// <summary>What stands in a folder, by full path; nothing when the folder is not there. A disk that fails is not taken for an empty one.</summary>
    public static IReadOnlyList<string> Entries(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Has the disk know every name of the folder, and of those below it.</summary>
    public static void FlushTree(string folder)
    {
        foreach (string below in Directory.EnumerateDirectories(folder))
        {
            FlushTree(below);
        }

        Flush(folder);
    }

    public static void Flush(string folder)
    {
        try
        {
            FolderEntries.Flush(folder);
        }
        catch (KernelException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    /// <summary>Renames a folder to a name that nobody has, and has the disk know it.</summary>
    public static void Rename(string from, string to)
    {
        Directory.Move(from, to);
        Flush(Path.GetDirectoryName(to)!);
    }

    /// <summary>The digest of a file, and how many bytes it has; a copy of it goes where it is told to, if it is.</summary>
    public static PackagedFile Digest(string file, string path, bool executable, Stream? copy = null)
    {
        using FileStream from = new(file, new FileStreamOptions { Share = FileShare.Read, BufferSize = 0, Options = FileOptions.SequentialScan });
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            long bytes = 0;
            for (int count; (count = from.Read(buffer)) > 0; bytes += count)
            {
                hash.AppendData(buffer, 0, count);
                copy?.Write(buffer, 0, count);
            }

            return new PackagedFile { Path = path, Bytes = bytes, Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()), Executable = executable };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Every file below a folder, by its path from there. No link is followed.</summary>
    /// <exception cref="InvalidDataException">Something in it is neither file nor folder; the message names it.</exception>
    public static IReadOnlyList<(string Path, FileInfo File)> List(string folder)
    {
        List<(string, FileInfo)> files = [];
        DirectoryInfo root = new(folder);
        foreach (FileSystemInfo entry in root.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false }))
        {
            string path = Path.GetRelativePath(folder, entry.FullName);
            if (entry.LinkTarget is not null)
            {
                throw new InvalidDataException($"{path} is a link");
            }

            if (!OpenFile.TryStat(entry.FullName, out FileState state))
            {
                throw new IOException($"{entry.FullName}: it went away, or the disk failed");
            }

            if (entry is FileInfo file)
            {
                files.Add(state.IsRegular ? (path, file) : throw new InvalidDataException($"{path} is neither a file nor a folder"));
            }
        }

        return files;
    }
}

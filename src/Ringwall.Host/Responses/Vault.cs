// Owns:         the folder that quarantined content lies in.
// Threads:      one at a time.
// Ordering:     content is on the disk, and found whole there, before Take returns.

using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

/// <summary>Content that was taken out of reach. Nobody but root can read it, nobody can execute it; what belongs to it stands in the journal.</summary>
internal sealed class Vault : IDisposable
{
    private const string Ending = ".content";
    private readonly HeldFolder _folder;

    private Vault(string path, HeldFolder folder) => (Path, _folder) = (path, folder);

    public string Path { get; }

    /// <summary>Makes the folder if need be, for root alone.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static Vault Open(string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new Vault(path, HeldFolder.Hold(path));
    }

    /// <summary>Bytes that more content may have and leave the filesystem usable.</summary>
    public long Room => Math.Max(0, new DriveInfo(Path).AvailableFreeSpace - (64 * 1024 * 1024));

    /// <summary>Whether content is there.</summary>
    public bool Holds(long id) => _folder.TryStat(Name(id), out _);

    /// <summary>Copies content in. What was there under this number is replaced.</summary>
    /// <returns>Its SHA-256, hexadecimal.</returns>
    /// <exception cref="IOException">It could not be written, or is not found as it was written. Nothing is left.</exception>
    public string Take(long id, SafeFileHandle from)
    {
        byte[] name = Name(id);
        _ = _folder.TryUnlink(name);
        try
        {
            using SafeFileHandle content = _folder.Create(name);
            string digest = Copy(from, content);
            RandomAccess.FlushToDisk(content);
            _folder.Flush();
            string found = Digest.Of(content);
            return digest == found ? digest : throw new IOException($"{Path}: what was written ({digest}) was not found there ({found}); the disk fails");
        }
        catch
        {
            _ = _folder.TryUnlink(name);
            throw;
        }
    }

    /// <summary>Copies content out.</summary>
    /// <exception cref="IOException">It is not there, or not what the journal says any more. What was written is to be thrown away.</exception>
    public void Give(long id, string digest, SafeFileHandle into)
    {
        using SafeFileHandle? held = _folder.TryHoldName(Name(id)) ?? throw new IOException($"{System.IO.Path.Combine(Path, id + Ending)} is gone: somebody has removed it");
        using SafeFileHandle content = LocalPath.OpenForReading(held);
        string found = Copy(content, into);
        if (found != digest)
        {
            throw new IOException($"{System.IO.Path.Combine(Path, id + Ending)} is damaged: its digest is {found}, and it was {digest}");
        }
    }

    public void Drop(long id) => _ = _folder.TryUnlink(Name(id));

    /// <summary>Removes content that nobody answers for: a copy whose act was never written down, or is over.</summary>
    public void Keep(IReadOnlySet<long> ids)
    {
        foreach (string file in Directory.EnumerateFiles(Path, "*" + Ending))
        {
            if (long.TryParse(System.IO.Path.GetFileName(file)[..^Ending.Length], out long id) && !ids.Contains(id))
            {
                Drop(id);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Name(long id) => System.Text.Encoding.ASCII.GetBytes(id + Ending);

    // Blocks of zeros become holes: a file that is mostly holes must not fill the disk.
    private static string Copy(SafeFileHandle from, SafeFileHandle to)
    {
        long length = 0;
        string digest = Digest.Of(from, (part, at) =>
        {
            length = at + part.Length;
            if (part.Span.ContainsAnyExcept((byte)0))
            {
                RandomAccess.Write(to, part.Span, at);
            }
        });
        RandomAccess.SetLength(to, length);
        return digest;
    }
}

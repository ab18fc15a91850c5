// Owns:         nothing. The spool is the agent's, which may be anybody by now: it can put links, pipes, other filesystems and endless files there, and change all of it while
//               it is read.
// Ordering:     hold the folder without following a link, hold the name in it, look at what is held, and only then open that and nothing else.

using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Trust;

namespace Ringwall.Host.Fleet;

/// <summary>Reads what the agent has laid into its spool. Nothing here waits for anybody but the disk, follows a link, or reads more than it is told to.</summary>
internal sealed class SpoolFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>A small file, whole.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="UpdateRejectedException">It is longer, or no file.</exception>
    public byte[]? TryRead(string folder, string name, long most)
    {
        using SafeFileHandle? file = TryOpen(folder, name, out long length);
        if (file is null)
        {
            return null;
        }

        if (length > most)
        {
            throw new UpdateRejectedException(RejectionReason.TooLong, $"{folder}/{name} has {length} bytes, and at most {most} are read");
        }

        // It may grow or shrink meanwhile: what was there is read, and what follows is not.
        byte[] content = new byte[length];
        int read = 0;
        for (int count; read < content.Length && (count = RandomAccess.Read(file, content.AsSpan(read), read)) > 0; read += count)
        {
        }

        return read == content.Length ? content : content[..read];
    }

    /// <summary>Opens a file for reading.</summary>
    /// <param name="folder">Below the spool.</param>
    /// <param name="name">In that folder.</param>
    /// <param name="length">What it has now.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="UpdateRejectedException">It is no file, or lies on another filesystem than its folder.</exception>
    public SafeFileHandle? TryOpen(string folder, string name, out long length)
    {
        length = 0;
        if (name.Length is 0 or > 255 || name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new UpdateRejectedException(RejectionReason.Malformed, $"{name} is no name of a file");
        }

        FolderOutcome outcome = HeldFolder.TryHold(Encoding.UTF8.GetBytes(System.IO.Path.Combine(Path, folder)), out HeldFolder? held, out string refusal);
        if (outcome == FolderOutcome.Missing)
        {
            return null;
        }

        if (held is null)
        {
            throw new UpdateRejectedException(RejectionReason.Unavailable, refusal);
        }

        using (held)
        {
            try
            {
                using SafeFileHandle? found = held.TryHoldName(Encoding.UTF8.GetBytes(name));
                if (found is null)
                {
                    return null;
                }

                // A filesystem of the agent's own, mounted over the file, could keep us waiting for ever.
                if (!OpenFile.TryStat((int)found.DangerousGetHandle(), out FileState state) || !held.TryStat(out FileState around) || !state.IsRegular || state.Mount != around.Mount)
                {
                    throw new UpdateRejectedException(RejectionReason.Unavailable, $"{folder}/{name} is no file of the spool");
                }

                length = (long)state.Identity.Size;
                return LocalPath.OpenForReading(found);
            }
            catch (KernelException refused)
            {
                throw new UpdateRejectedException(RejectionReason.Unavailable, $"{folder}/{name}: {refused.Message}");
            }
        }
    }
}

namespace Ringwall.Agent;

// Ordering: written beside, flushed, renamed over, flushed again: whoever reads finds the old bytes or the new ones, and on return the disk has the new ones under their name. The second flush is
//           what brings the rename there: managed code cannot open a folder to flush it, and ext4, XFS and btrfs write their log up to the rename when the file that was renamed is flushed. On another
//           filesystem a power cut may bring the old bytes back, and nothing breaks by that: signed files carry versions, and sequence numbers follow the clock.

/// <summary>Files of the agent's own, changed whole or not at all.</summary>
internal static class AgentFiles
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Readable = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;
    private const string Unfinished = ".new";

    /// <param name="path">The file.</param>
    /// <param name="content">What it shall have.</param>
    /// <param name="mode">Who may read it.</param>
    /// <param name="isLasting">Whether the disk has it on return; what is written again in a moment need not wait for that.</param>
    /// <exception cref="IOException">The disk refused; what was there is there still.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Private, bool isLasting = true)
    {
        string beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}{Unfinished}");
        try
        {
            using (FileStream file = Create(beside, mode))
            {
                file.Write(content);
                file.Flush(flushToDisk: isLasting);
            }

            File.Move(beside, path, overwrite: true);
            if (isLasting)
            {
                using FileStream named = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
                named.Flush(flushToDisk: true);
            }
        }
        catch
        {
            // A full disk is not made fuller.
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Makes a folder, for the agent alone, and those above it.</summary>
    public static void MakeFolder(string path) => Directory.CreateDirectory(path, PrivateFolder);

    /// <summary>The files of a folder that are whole; none when it is not there.</summary>
    public static IEnumerable<string> List(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file)[0] != '.') : [];

    private static FileStream Create(string path, UnixFileMode mode)
    {
        FileStream file = new(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, UnixCreateMode = mode });
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        return file;
    }
}

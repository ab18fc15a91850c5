namespace Ringwall.Agent;

// Ordering: written beside, flushed, renamed over: whoever reads finds the old bytes or the new ones. A power cut may bring the old ones back, which is why nothing here relies on a
//           file to be the latest: signed files carry versions, and sequence numbers follow the clock.

/// <summary>Files of the agent's own, changed whole or not at all.</summary>
internal static class AgentFiles
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Readable = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;
    private const string Unfinished = ".new";

    /// <exception cref="IOException">The disk refused; what was there is there still.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Private)
    {
        string beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}{Unfinished}");
        try
        {
            using (FileStream file = Create(beside, mode))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
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

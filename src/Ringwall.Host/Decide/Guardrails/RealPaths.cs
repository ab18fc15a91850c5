namespace Ringwall.Host.Decide.Guardrails;

// Threads: one at a time.

/// <summary>Paths as the kernel names them: with every link on the way followed. Directories are looked at once and remembered.</summary>
/// <param name="root">Where absolute links lead from; "/" but for tests.</param>
internal sealed class RealPaths(string root)
{
    // MAXSYMLINKS of the kernel, path_resolution(7).
    private const int LinksAtMost = 40;
    private readonly Dictionary<string, string> _directories = [];

    /// <summary>The path of what is there; as given where nothing is.</summary>
    public string Of(string path) => Follow(path, 0);

    /// <summary>The path of a file that is no link itself.</summary>
    public string OfFile(string path) => Path.Join(OfDirectory(Path.GetDirectoryName(path) ?? "/", 0), Path.GetFileName(path));

    private string Follow(string path, int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent || path == root)
        {
            return path;
        }

        string above = OfDirectory(parent, links);
        string full = Path.Join(above, Path.GetFileName(path));
        try
        {
            if (links >= LinksAtMost || new FileInfo(full).LinkTarget is not { } target)
            {
                return full;
            }

            string next = target.StartsWith('/') ? Path.Join(root, target) : Path.Join(above, target);
            return Follow(Path.TrimEndingDirectorySeparator(Path.GetFullPath(next)), links + 1);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return full;
        }
    }

    private string OfDirectory(string path, int links)
    {
        if (!_directories.TryGetValue(path, out string? real))
        {
            _directories[path] = real = Follow(path, links);
        }

        return real;
    }
}

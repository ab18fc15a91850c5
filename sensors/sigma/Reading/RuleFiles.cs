namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Finds rule files below a folder.</summary>
internal static class RuleFiles
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>In ordinal order of their paths. Folders behind symbolic links are not entered: links can go round in circles.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="unreadable">Hears of each folder that cannot be read, and why; the others are read all the same.</param>
    public static IReadOnlyList<string> Below(string folder, Action<string, string> unreadable)
    {
        List<string> files = [];
        Stack<string> folders = new([folder]);
        while (folders.TryPop(out string? at))
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(at).EnumerateFileSystemInfos("*", Everything))
                {
                    string path = Path.Combine(at, entry.Name);
                    if (entry is not DirectoryInfo)
                    {
                        files.Add(path);
                    }
                    else if (entry.LinkTarget is null)
                    {
                        folders.Push(path);
                    }
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                unreadable(at, fault.Message);
            }
        }

        return [.. files.Where(IsRuleFile).Order(StringComparer.Ordinal)];
    }

    private static bool IsRuleFile(string path) =>
        path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);
}

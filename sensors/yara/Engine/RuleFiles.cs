namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Which files of a folder are rule files.</summary>
internal static class RuleFiles
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>
    /// Every .yar and .yara file at or below <paramref name="place"/>, by name; or the one file that it names, whatever its ending. Folders behind symbolic links are not
    /// entered: links can go round in circles.
    /// </summary>
    /// <param name="place">A file or a folder.</param>
    /// <param name="faults">Gets each folder that cannot be read; the others are read all the same.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static IReadOnlyList<string> Below(string place, ICollection<RuleFault> faults)
    {
        if (File.Exists(place))
        {
            return [place];
        }

        if (!Directory.Exists(place))
        {
            throw new FileNotFoundException($"{place}: no such file or folder");
        }

        var files = new List<string>();
        var folders = new Stack<string>([place]);
        while (folders.TryPop(out string? folder))
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
                {
                    string path = Path.Combine(folder, entry.Name);
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
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add(new RuleFault(folder, 0, e.Message, IsWarning: false));
            }
        }

        return [.. files.Where(file => Path.GetExtension(file) is ".yar" or ".yara").Order(StringComparer.Ordinal)];
    }
}

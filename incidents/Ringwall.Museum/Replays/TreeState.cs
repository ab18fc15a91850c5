using System.Globalization;

namespace Ringwall.Museum.Replays;

/// <summary>What lies in a small root, but for what the canary itself changes all the time. Nothing is opened: whoever asks may be answered by nobody.</summary>
internal static class TreeState
{
    private static readonly string[] Busy = ["tmp", "var", "opt", "dev"];

    /// <summary>By path inside the root: size, mode and time of each file.</summary>
    public static IReadOnlyDictionary<string, string> Of(string root)
    {
        Dictionary<string, string> state = [];
        foreach (string folder in Directory.EnumerateDirectories(root).Where(folder => !Busy.Contains(Path.GetFileName(folder)) && new DirectoryInfo(folder).LinkTarget is null))
        {
            foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !file.FullName.Contains("/srv/cue/file", StringComparison.Ordinal)))
            {
                state[file.FullName[root.Length..]] = string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.UnixFileMode} {file.LastWriteTimeUtc:O}");
            }
        }

        return state;
    }

    /// <summary>A sentence for those that are gone, and one for those that are others.</summary>
    public static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        string[] gone = [.. before.Keys.Where(path => !after.ContainsKey(path))];
        if (gone.Length > 0)
        {
            yield return $"{gone.Length} files were moved away and did not come back, {gone[0]} among them";
        }

        string[] changed = [.. before.Where(file => after.TryGetValue(file.Key, out string? now) && now != file.Value).Select(file => file.Key)];
        if (changed.Length > 0)
        {
            yield return $"{changed.Length} files are not what they were, {changed[0]} among them";
        }
    }
}

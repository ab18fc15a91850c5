using System.Text.RegularExpressions;

namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>
/// Whether what a power cut may not undo is on the disk when it is made to count: files and folders before they get their names, and the folder of a name before the order
/// is over. Names that begin with a dot count for nothing, and need not last.
/// </summary>
internal static partial class FlushOrder
{
    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public static string? Fault(IEnumerable<TracedCall> calls)
    {
        HashSet<string> files = [];
        HashSet<string> folders = [];
        foreach (TracedCall call in calls.Where(call => !Failed().IsMatch(call.Text)))
        {
            string[] quoted = [.. Quoted().Matches(call.Text).Select(match => match.Groups[1].Value)];
            string held = Held().Match(call.Text).Groups[1].Value;
            switch (call.Name)
            {
                case "write" or "pwrite64" or "ftruncate":
                    files.Add(held);
                    break;
                case "fsync" or "fdatasync":
                    files.Remove(held);
                    folders.Remove(held);
                    break;
                case "mkdir" or "mkdirat" or "creat":
                case "openat" or "open" when call.Text.Contains("O_CREAT", StringComparison.Ordinal):
                    Named(folders, quoted[0]);
                    if (call.Name is "mkdir" or "mkdirat")
                    {
                        folders.Add(quoted[0]);     // until it is flushed once
                    }

                    break;
                case "rename" or "renameat" or "renameat2":
                    if (files.Concat(folders).FirstOrDefault(path => path == quoted[0] || path.StartsWith(quoted[0] + "/", StringComparison.Ordinal)) is { } early)
                    {
                        return $"{early} was not flushed before {call}";
                    }

                    Named(folders, quoted[0]);
                    Named(folders, quoted[1]);
                    break;
            }
        }

        return folders.FirstOrDefault(path => !path.Contains("/.", StringComparison.Ordinal)) is { } late ? $"{late} was not flushed before the end" : null;
    }

    private static void Named(HashSet<string> folders, string path)
    {
        if (!Path.GetFileName(path).StartsWith('.'))
        {
            folders.Add(Path.GetDirectoryName(path)!);
        }
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("<([^>]*)>")]
    private static partial Regex Held();

    [GeneratedRegex(@"= -1 E[A-Z]+")]
    private static partial Regex Failed();
}

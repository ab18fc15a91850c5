using System.Text.RegularExpressions;

namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>One system call that strace saw.</summary>
/// <param name="Thread">Who made it.</param>
/// <param name="Name">As "openat".</param>
/// <param name="Ordinal">The thread's first call of this name is 1.</param>
/// <param name="Text">Arguments and result as strace writes them, descriptors with their paths.</param>
internal sealed partial record TracedCall(int Thread, string Name, int Ordinal, string Text)
{
    /// <summary>All calls of a trace, in the order in which they began.</summary>
    public static IReadOnlyList<TracedCall> Read(IEnumerable<string> lines)
    {
        List<TracedCall> calls = [];
        Dictionary<(int, string), int> counts = [];
        Dictionary<int, int> open = [];
        foreach (string line in lines)
        {
            if (Resumed().Match(line) is { Success: true } rest)
            {
                int thread = int.Parse(rest.Groups["tid"].Value);
                if (open.Remove(thread, out int at))
                {
                    calls[at] = calls[at] with { Text = calls[at].Text.Replace(" <unfinished ...>", "", StringComparison.Ordinal) + rest.Groups["text"].Value };
                }
            }
            else if (Begun().Match(line) is { Success: true } call)
            {
                int thread = int.Parse(call.Groups["tid"].Value);
                string name = call.Groups["name"].Value;
                int ordinal = counts[(thread, name)] = counts.GetValueOrDefault((thread, name)) + 1;
                if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                {
                    open[thread] = calls.Count;
                }

                calls.Add(new TracedCall(thread, name, ordinal, call.Groups["text"].Value));
            }
        }

        return calls;
    }

    /// <summary>Whether the disk can be another one after it. A process that is killed after a call that only asks leaves what it left after the one before.</summary>
    public bool Changes => Name switch
    {
        "openat" or "open" => Text.Contains("O_CREAT", StringComparison.Ordinal) || Text.Contains("O_TRUNC", StringComparison.Ordinal),
        "mkdir" or "mkdirat" or "rename" or "renameat" or "renameat2" or "unlink" or "unlinkat" or "rmdir" or "link" or "linkat" or "symlink" or "creat" => true,
        "write" or "pwrite64" or "writev" or "pwritev" or "ftruncate" or "truncate" or "fallocate" or "copy_file_range" or "sendfile" => true,
        "chmod" or "fchmod" or "fchmodat" or "fsetxattr" or "utimensat" => true,
        _ => false,
    };

    public override string ToString() => $"{Name}({Text}, number {Ordinal}";

    [GeneratedRegex(@"^(?<tid>\d+)\s+(?<name>\w+)\((?<text>.*)$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^(?<tid>\d+)\s+<\.\.\. \w+ resumed>(?<text>.*)$")]
    private static partial Regex Resumed();
}

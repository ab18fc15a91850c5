using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Intake.Tells;

namespace Ringwall.Host.Findings;

/// <summary>What the process table knows of a process, as a record.</summary>
internal static class ActorRecord
{
    public static ProcessRecord From(ProcessEntry entry)
    {
        List<ProcessRecord> ancestors = [];
        for (ProcessEntry? at = entry.Parent; at is not null && ancestors.Count < Protocol.MaxAncestors; at = at.Parent)
        {
            ancestors.Add(One(at, arguments: false));
        }

        return One(entry, arguments: true) with { Ancestors = ancestors };
    }

    private static ProcessRecord One(ProcessEntry entry, bool arguments) => new()
    {
        Pid = (uint)entry.Key.Pid,
        Start = entry.Key.StartNs,
        Uid = entry.User,
        Executable = Encoding.UTF8.GetString(entry.Executable),
        ParentPid = (uint)entry.ParentKey.Pid,
        ParentStart = entry.ParentKey.StartNs,
        WorkingDirectory = Encoding.UTF8.GetString(entry.WorkingDirectory),
        Arguments = arguments ? Split(entry.ArgumentBlock) : [],
        ArgumentsCut = entry.ArgumentsCut,
    };

    // Each argument is closed by a zero byte.
    private static List<string> Split(ReadOnlySpan<byte> block)
    {
        List<string> arguments = [];
        while (!block.IsEmpty)
        {
            int end = block.IndexOf((byte)0);
            end = end < 0 ? block.Length : end;
            arguments.Add(Encoding.UTF8.GetString(block[..end]));
            block = block[Math.Min(block.Length, end + 1)..];
        }

        return arguments;
    }
}

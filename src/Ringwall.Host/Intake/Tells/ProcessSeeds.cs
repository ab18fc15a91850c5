using Ringwall.Kernel.Files;
using Ringwall.Kernel.Procfs;

namespace Ringwall.Host.Intake.Tells;

// Owns:     the buffers that it reads /proc into.
// Threads:  one at a time, under the lock of ProcessTells.

/// <summary>Makes entries for processes that were there before anybody told of them, from /proc.</summary>
internal sealed class ProcessSeeds(KnownPaths paths)
{
    private readonly byte[] _path = new byte[4096 + 16];
    private readonly byte[] _arguments = new byte[ProcessTable.ArgumentBytesKept + 1];

    /// <summary>Reads one process. Null when it has ended, or ends meanwhile.</summary>
    public ProcessEntry? TryRead(int pid, ProcessTable table)
    {
        if (!ProcessStat.TryRead(pid, out ProcessStat stat) || stat.HasEnded || !ProcessStatus.TryRead(pid, out ProcessStatus status))
        {
            return null;
        }

        ProcessKey key = ProcessKey.FromTicks(pid, stat.StartTicks);
        byte[] executable = Link(pid, "exe"u8);
        byte[] directory = Link(pid, "cwd"u8);
        int length = ProcessFile.Read(pid, "cmdline"u8, _arguments);
        _ = ProcessFile.TryStatExecutable(pid, out FileIdentity file);

        // What was read in between belongs to this process if it is still this process.
        if (length < 0 || !ProcessStat.TryRead(pid, out ProcessStat after) || after.StartTicks != stat.StartTicks)
        {
            return null;
        }

        ProcessEntry? parent = null;
        ProcessKey parentKey = default;
        if (stat.ParentPid > 0)
        {
            if (table.TryGet(stat.ParentPid, out parent) && parent.Key.StartNs <= key.StartNs && !parent.HasEnded)
            {
                parentKey = parent.Key;
            }
            else if (ProcessStat.TryRead(stat.ParentPid, out ProcessStat its))
            {
                parent = null;
                parentKey = ProcessKey.FromTicks(stat.ParentPid, its.StartTicks);
            }
        }

        bool cut = length > ProcessTable.ArgumentBytesKept;
        return new ProcessEntry
        {
            Key = key,
            ParentKey = parentKey,
            Parent = parent,
            Executable = executable,
            ExecutableFile = new FileKey(file.Device, file.Inode),
            WorkingDirectory = directory,
            ArgumentBlock = _arguments.AsSpan(0, cut ? ProcessTable.ArgumentBytesKept : length).ToArray(),
            ArgumentsCut = cut,
            User = status.User,
            Group = status.Group,
        };
    }

    /// <summary>Reads all that there are and puts those that are not in the table, or run another program than the table has. Parents come first.</summary>
    public void ReadAll(ProcessTable table)
    {
        List<(ulong Start, int Pid)> all = [];
        foreach (int pid in ProcessFile.Pids())
        {
            if (ProcessStat.TryRead(pid, out ProcessStat stat))
            {
                all.Add((stat.StartTicks, pid));
            }
        }

        all.Sort();
        foreach ((_, int pid) in all)
        {
            if (TryRead(pid, table) is not { } read)
            {
                continue;
            }

            if (!table.TryGet(read.Key, out ProcessEntry? known))
            {
                table.Put(read);
            }
            else if (!known.HasEnded && !read.RunsTheSameAs(known))
            {
                table.Put(read.WithParentOf(known));
            }
        }
    }

    /// <summary>Whether the process is there now and has not ended.</summary>
    public static bool IsThere(ProcessKey key) =>
        ProcessStat.TryRead(key.Pid, out ProcessStat stat) && !stat.HasEnded && ProcessKey.FromTicks(key.Pid, stat.StartTicks) == key;

    private byte[] Link(int pid, ReadOnlySpan<byte> name)
    {
        int length = ProcessFile.ReadLink(pid, name, _path);
        return paths.Same(length > 0 ? _path.AsSpan(0, length) : default);
    }
}

using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Tells;

namespace Ringwall.Kernel.Procfs;

// Owns:         the buffers that its answers point into; one answer is valid until the next.
// Threads:      one.

/// <summary>
/// Finds out from /proc what is not known of an execution. It comes late: the process may have ended, or executed something else. What is not
/// surely about the same process is left as it was; a second execution within the moment cannot be told apart.
/// </summary>
internal sealed class ExecCompletion
{
    private const int LongestPath = 4096 + 16;
    private const ulong NanosecondsPerTick = 10_000_000;

    private readonly byte[] _executable = new byte[LongestPath];
    private readonly byte[] _directory = new byte[LongestPath];
    private readonly byte[] _arguments = new byte[bpf_tells.TELL_ARGS_MOST + 1];

    public ExecFacts Complete(scoped in ProcessFacts process, scoped in ExecFacts known, bool executable, bool directory, bool arguments)
    {
        int pid = process.Pid;
        ReadOnlySpan<byte> path = executable ? Link(pid, "exe"u8, _executable, known.Executable) : known.Executable;
        ReadOnlySpan<byte> where = directory ? Link(pid, "cwd"u8, _directory, known.WorkingDirectory) : known.WorkingDirectory;
        ReadOnlySpan<byte> block = known.ArgumentBlock;
        ulong total = known.ArgumentsTotal;
        if (arguments)
        {
            int length = ProcessFile.Read(pid, "cmdline"u8, _arguments);
            if (length >= 0)
            {
                block = _arguments.AsSpan(0, Math.Min(length, bpf_tells.TELL_ARGS_MOST));

                // The true length of longer ones is not to be had from here: more than fits is all that can be said.
                total = Math.Max(total, (ulong)length);
            }
        }

        FileIdentity file = new(known.Device, known.Inode, 0, 0, 0);
        if (known.Inode == 0 && ProcessFile.TryStatExecutable(pid, out FileIdentity found))
        {
            file = found;
        }

        // Asked last: what was read before is about this process if it is still this process now.
        return ProcessStat.TryRead(pid, out ProcessStat stat) && stat.StartTicks == process.StartNs / NanosecondsPerTick
            ? new ExecFacts
            {
                Executable = path,
                WorkingDirectory = where,
                ArgumentBlock = block,
                ArgumentsTotal = total,
                Device = file.Device,
                Inode = file.Inode,
            }
            : known;
    }

    private static ReadOnlySpan<byte> Link(int pid, ReadOnlySpan<byte> name, byte[] into, ReadOnlySpan<byte> otherwise)
    {
        int length = ProcessFile.ReadLink(pid, name, into);
        return length > 0 ? into.AsSpan(0, length) : otherwise;
    }
}

using System.Buffers.Text;

namespace Ringwall.Kernel.Procfs;

/// <summary>/proc/PID/status, the fields that are of use here. proc_pid_status(5).</summary>
/// <param name="User">Effective user.</param>
/// <param name="Group">Effective group.</param>
public readonly record struct ProcessStatus(uint User, uint Group)
{
    public static bool TryRead(int pid, out ProcessStatus status)
    {
        Span<byte> text = stackalloc byte[4096];
        int length = ProcessFile.Read(pid, "status"u8, text);
        status = default;
        return length > 0 && TryParse(text[..length], out status);
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out ProcessStatus status)
    {
        bool found = TryEffective(text, "\nUid:\t"u8, out uint user) & TryEffective(text, "\nGid:\t"u8, out uint group);
        status = found ? new ProcessStatus(user, group) : default;
        return found;
    }

    // Real, effective, saved, file system; by tabs. A name of a process cannot imitate a line: the kernel escapes newlines in it.
    private static bool TryEffective(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label, out uint value)
    {
        value = 0;
        int at = text.IndexOf(label);
        if (at < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(at + label.Length)..];
        rest = rest[(rest.IndexOf((byte)'\t') + 1)..];
        return Utf8Parser.TryParse(rest, out value, out int used) && used < rest.Length && rest[used] == (byte)'\t';
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Bpf;

/// <summary>Keeps libbpf off our standard error, and keeps the last warnings of this thread for the exception that they explain.</summary>
internal static unsafe class LibbpfMessages
{
    private const int LinesKept = 4;
    private const int LineBytes = 512;

    [ThreadStatic]
    private static Queue<string>? _lines;

    public static void Begin()
    {
        _lines = new Queue<string>();
        _ = bpf_libbpf.libbpf_set_print(&Print);
    }

    /// <summary>What was said since <see cref="Begin"/>, in one line. Empty when nothing was.</summary>
    public static string End()
    {
        string said = string.Join("; ", _lines ?? []);
        _lines = null;
        return said;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, void* arguments)
    {
        if (level != bpf_libbpf.LIBBPF_WARN || _lines is not { } lines)
        {
            return 0;
        }

        byte* line = stackalloc byte[LineBytes];

        // SAFETY: libbpf gives a format and the va_list that belongs to it; at most LineBytes are written.
        int length = libc_stdio.vsnprintf(line, LineBytes, format, arguments);
        if (length > 0)
        {
            // A verifier log has many lines; the last few of what is said hold the reason.
            string text = Encoding.UTF8.GetString(line, Math.Min(length, LineBytes - 1)).Trim();
            lines.Enqueue(text.Split('\n')[^1]);
            if (lines.Count > LinesKept)
            {
                lines.Dequeue();
            }
        }

        return 0;
    }
}

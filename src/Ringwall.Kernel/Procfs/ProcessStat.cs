using System.Buffers.Text;

namespace Ringwall.Kernel.Procfs;

/// <summary>/proc/PID/stat, the fields that are of use here. proc_pid_stat(5).</summary>
/// <param name="State">R, S, D, Z (ended, not waited for), ...</param>
/// <param name="ParentPid">Field 4.</param>
/// <param name="Threads">Field 20.</param>
/// <param name="StartTicks">Field 22: ticks of 10 ms since boot.</param>
public readonly record struct ProcessStat(char State, int ParentPid, int Threads, ulong StartTicks)
{
    private const ulong NanosecondsPerTick = 10_000_000;
    private const int FieldAfterName = 3;

    public ulong StartNs => StartTicks * NanosecondsPerTick;

    /// <summary>The process has ended and nobody has waited for it yet.</summary>
    public bool HasEnded => State is 'Z' or 'X';

    public static bool TryRead(int pid, out ProcessStat stat)
    {
        Span<byte> text = stackalloc byte[1024];
        int length = ProcessFile.Read(pid, "stat"u8, text);
        stat = default;
        return length > 0 && TryParse(text[..length], out stat);
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out ProcessStat stat)
    {
        stat = default;

        // The name is in brackets and may hold brackets and blanks itself: it ends at the last one.
        int close = text.LastIndexOf((byte)')');
        if (close < 0 || close + 2 >= text.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(close + 2)..];
        char state = '\0';
        int parent = 0;
        int threads = 0;
        for (int field = FieldAfterName; ; field++)
        {
            int blank = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> word = blank < 0 ? rest : rest[..blank];
            bool fine = true;
            switch (field)
            {
                case 3:
                    fine = word.Length == 1;
                    state = fine ? (char)word[0] : '\0';
                    break;
                case 4:
                    fine = Whole(word, out parent);
                    break;
                case 20:
                    fine = Whole(word, out threads);
                    break;
                case 22:
                    fine = Utf8Parser.TryParse(word, out ulong ticks, out int used) && used == word.Length && ticks <= ulong.MaxValue / NanosecondsPerTick;
                    stat = fine ? new ProcessStat(state, parent, threads, ticks) : default;
                    return fine;
            }

            if (!fine || blank < 0)
            {
                return false;
            }

            rest = rest[(blank + 1)..];
        }
    }

    private static bool Whole(ReadOnlySpan<byte> word, out int value) =>
        Utf8Parser.TryParse(word, out value, out int used) && used == word.Length && value >= 0;
}

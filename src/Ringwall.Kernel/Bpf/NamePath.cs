namespace Ringwall.Kernel.Bpf;

/// <summary>Makes a path of the names on the way from a file up to the top, which is the order in which the kernel can be asked for them.</summary>
public static class NamePath
{
    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    private static ReadOnlySpan<byte> Incomplete => "(incomplete)"u8;

    /// <summary>Enough room for the path of so many bytes of names.</summary>
    public static int Room(int names) => names + 1 + Deleted.Length + Incomplete.Length;

    /// <param name="names">Innermost first, each closed by a zero byte.</param>
    /// <param name="into">At least <see cref="Room"/>.</param>
    /// <param name="deleted">Say so at the end.</param>
    /// <param name="incomplete">Say so instead of the beginning: this is not a path from the top, and must not look like one.</param>
    /// <returns>The part of <paramref name="into"/> that holds the path.</returns>
    public static ReadOnlySpan<byte> Build(ReadOnlySpan<byte> names, Span<byte> into, bool deleted, bool incomplete)
    {
        int end = into.Length;
        int start = end;
        if (deleted)
        {
            start -= Deleted.Length;
            Deleted.CopyTo(into[start..]);
        }

        if (names.IsEmpty)
        {
            into[--start] = (byte)'/';
        }

        while (!names.IsEmpty)
        {
            int length = names.IndexOf((byte)0);
            ReadOnlySpan<byte> name = length < 0 ? names : names[..length];
            names = length < 0 ? default : names[(length + 1)..];
            start -= name.Length;
            name.CopyTo(into[start..]);
            into[--start] = (byte)'/';
        }

        if (incomplete)
        {
            start -= Incomplete.Length;
            Incomplete.CopyTo(into[start..]);
        }

        return into[start..end];
    }
}

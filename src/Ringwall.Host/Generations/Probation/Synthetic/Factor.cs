namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>One field, with all values that it is tried with.</summary>
/// <param name="Name">The field's name in docs/protocol.md.</param>
/// <param name="Levels">At least one.</param>
internal sealed record Factor(string Name, params Level[] Levels)
{
    private static readonly byte[] NotUtf8 = [0x2F, 0xFF, 0xC3, 0x28, 0x2F, 0x0A, 0x1B, 0x5B, 0x80];

    public static Factor U16(string name, ushort id, params ushort[] ordinary) =>
        new(name, [Level.Missing, .. Numbers<ushort>([0, .. ordinary, ushort.MaxValue], v => list => list.PutU16(id, v))]);

    public static Factor U32(string name, ushort id, params uint[] ordinary) =>
        new(name, [Level.Missing, .. Numbers<uint>([0, .. ordinary, uint.MaxValue], v => list => list.PutU32(id, v))]);

    public static Factor U64(string name, ushort id, params ulong[] ordinary) =>
        new(name, [Level.Missing, .. Numbers<ulong>([0, .. ordinary, ulong.MaxValue], v => list => list.PutU64(id, v))]);

    public static Factor I64(string name, ushort id, params long[] ordinary) =>
        new(name, [Level.Missing, .. Numbers<long>([long.MinValue, -1, 0, .. ordinary, long.MaxValue], v => list => list.PutU64(id, (ulong)v))]);

    public static Factor Flag(string name, ushort id) => new(name, [Level.Missing, .. Numbers<byte>([0, 1], v => list => list.PutU8(id, v))]);

    /// <param name="name">The field's name.</param>
    /// <param name="id">And number.</param>
    /// <param name="ordinary">Something that is often seen.</param>
    /// <param name="most">The longest that the protocol allows, in bytes.</param>
    /// <param name="needed">Whether the protocol wants it there and not empty.</param>
    public static Factor Bytes(string name, ushort id, ReadOnlySpan<byte> ordinary, int most, bool needed = false)
    {
        byte[] seen = ordinary.ToArray();
        byte[] longest = new byte[most];
        for (int i = 0; i < most; i++)
        {
            // A path of names that are as long as a name can be (NAME_MAX, limits.h).
            longest[i] = (byte)(i % 256 == 0 ? '/' : 'a' + (i % 26));
        }

        List<Level> levels = needed ? [] : [Level.Missing, new("empty", list => list.Put(id, []))];
        levels.Add(new("one byte", list => list.Put(id, "/"u8)));
        levels.Add(new("ordinary", list => list.Put(id, seen)));
        levels.Add(new("not UTF-8", list => list.Put(id, NotUtf8)));
        levels.Add(new("longest", list => list.Put(id, longest)));
        return new Factor(name, [.. levels]);
    }

    /// <summary>A field that no version knows yet: receivers skip it.</summary>
    public static Factor Unknown(string of) => new(
        $"unknown field of {of}",
        Level.Missing,
        new("empty", list => list.Put(60_001, [])),
        new("short", list => list.PutU8(60_002, 255)),
        new("long", list => list.Put(ushort.MaxValue, new byte[700])),
        new("twice", list => list.PutU8(60_003, 1).PutU8(60_003, 2)));

    private static IEnumerable<Level> Numbers<T>(T[] values, Func<T, Action<FieldList>> put)
        where T : IFormattable => values.Select(value => new Level(value.ToString(null, null), put(value)));
}

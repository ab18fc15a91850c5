using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>The fields of processes, docs/protocol.md, section 4.</summary>
internal static class ProcessFactors
{
    private const ushort ArgumentId = 8;
    private const ushort AncestorId = 10;

    /// <summary>What an ancestor, and the child of a fork, has.</summary>
    public static IReadOnlyList<Factor> Plain(string who) =>
    [
        Factor.U32($"{who} pid", 1, 1, 4242),
        Factor.U64($"{who} start", 2, 1_000_000_000),
        Factor.U32($"{who} uid", 3, 1000),
        Factor.Bytes($"{who} executable", 4, "/usr/bin/env"u8, Protocol.MaxPathBytes),
        Factor.U32($"{who} parent pid", 5, 1),
        Factor.U64($"{who} parent start", 6, 1_000_000_000),
        Factor.Unknown(who),
    ];

    public static IReadOnlyList<Factor> Whole(string who) =>
    [
        .. Plain(who),
        Factor.Bytes($"{who} working directory", 7, "/root"u8, Protocol.MaxPathBytes),
        new Factor(
            $"{who} arguments",
            Level.Missing,
            new Level("one that is empty", list => list.Put(ArgumentId, [])),
            new Level("some", list => list.Put(ArgumentId, "sh"u8).Put(ArgumentId, "-c"u8).Put(ArgumentId, "exit 0"u8)),
            new Level("not UTF-8", list => list.Put(ArgumentId, [0xFF, 0xFE]).Put(ArgumentId, [0xC0, 0x80, 0x22, 0x27, 0x0A])),
            new Level("as many as can be", list => Many(list, Protocol.MaxArgumentsBytes / Protocol.FieldHeadBytes)),
            new Level("as long as can be", list => list.Put(ArgumentId, Long(Protocol.MaxArgumentsBytes - Protocol.FieldHeadBytes)))),
        Factor.Flag($"{who} arguments cut", 9),
        new Factor(
            $"{who} ancestors",
            Level.Missing,
            new Level("one that says nothing", list => list.Put(AncestorId, [])),
            new Level("one", list => list.Put(AncestorId, Ancestor(1, "/sbin/init"u8.ToArray()))),
            new Level("all that can be", list => Ancestors(list, 10, "/usr/bin/bash"u8.ToArray())),
            new Level("all, as long as can be", list => Ancestors(list, uint.MaxValue - Protocol.MaxAncestors, Long(Protocol.MaxPathBytes)))),
    ];

    private static void Many(FieldList list, int count)
    {
        for (int i = 0; i < count; i++)
        {
            list.Put(ArgumentId, []);
        }
    }

    private static void Ancestors(FieldList list, uint firstPid, byte[] executable)
    {
        for (uint i = 0; i < Protocol.MaxAncestors; i++)
        {
            list.Put(AncestorId, Ancestor(firstPid + i, executable));
        }
    }

    private static FieldList Ancestor(uint pid, byte[] executable) =>
        new FieldList().PutU32(1, pid).PutU64(2, 1_000_000_000).PutU32(3, 0).Put(4, executable).PutU32(5, 1).PutU64(6, 1).Put(60_001, [1, 2, 3]);

    private static byte[] Long(int length)
    {
        byte[] text = new byte[length];
        Array.Fill(text, (byte)'b');
        text[0] = (byte)'/';
        return text;
    }
}

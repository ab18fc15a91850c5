using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>
/// Events that did not happen, in which every field of every kind comes at the edges of its range, and every two such values of a kind come together
/// (docs/protocol.md, sections 3 and 4). Pure: the same seed gives the same events.
/// </summary>
internal static class SyntheticEvents
{
    private const ushort ActorId = 5;
    private const ushort ChildId = 6;
    private const ushort AskerId = 9;

    // An event kind that no version knows yet: receivers skip it.
    private const ushort UnknownKind = 40_000;

    private static readonly FileKind[] Files = [.. Enum.GetValues<FileKind>().Where(kind => kind != FileKind.Sparse)];

    private static readonly Factor[] AskFactors =
    [
        new("file", [.. Files.Select(kind => new Level(kind.ToString(), _ => { }))]),
        new("class", new Level("exec", list => list.PutU8(2, (byte)EventClass.Exec)), new Level("open", list => list.PutU8(2, (byte)EventClass.Open))),
        Factor.Bytes("path", 4, "/usr/local/bin/tool"u8, Protocol.MaxPathBytes),
        Factor.U64("device", 5, 0x0000_0008_0000_0001),
        Factor.U64("inode", 6, 2, 123_456),
        Factor.U64("size", 7, 1, 4096, uint.MaxValue),
        Factor.I64("modified", 8, 1_764_410_000_000_000_000),
        Factor.U32("mode", 10, 0x81ED /* regular, 0755 */, 0x89ED /* set-user-ID */, 0x8000),
        Factor.Unknown("ask"),
    ];

    private static readonly Factor[] Head = [Factor.U64("sequence", 3, 1), Needed(Factor.U64("time", 4, 1_764_410_000_000_000_000)), Factor.Unknown("event")];

    private static readonly Factor Path = Factor.Bytes("path", 8, "/var/tmp/a"u8, Protocol.MaxPathBytes, needed: true);

    private static readonly Factor[] File = [Factor.U64("device", 10, 25), Factor.U64("inode", 11, 2)];

    /// <summary>The shapes of asks.</summary>
    public static IReadOnlyList<Shape> AskShapes { get; } =
    [
        new("ask", AskFactors, [new NestedField(AskerId, ProcessFactors.Whole("process"))]),
        new("ask of nobody", AskFactors, []),
    ];

    /// <summary>The shapes of tells, with their kind and source.</summary>
    public static IReadOnlyList<(ushort Kind, TellKinds Source, Shape Shape)> TellShapes { get; } =
    [
        .. OfKind(TellEventKind.ProcessStart, TellKinds.Process, []),
        Of(TellEventKind.ProcessFork, TellKinds.Process, "", [], [Actor, new NestedField(ChildId, ProcessFactors.Plain("child"))]),
        Of(TellEventKind.ProcessFork, TellKinds.Process, " by nobody", [], [new NestedField(ChildId, ProcessFactors.Plain("child"))]),
        .. OfKind(TellEventKind.ProcessExit, TellKinds.Process, [Factor.U32("exit status", 7, 9, 256, 0x8B, 0xFF00)]),
        .. OfKind(TellEventKind.FileCreated, TellKinds.File, [Path, .. File]),
        .. OfKind(TellEventKind.FileWritten, TellKinds.File, [Path, .. File]),
        .. OfKind(TellEventKind.FileRenamed, TellKinds.File,
            [Path, Factor.Bytes("new path", 9, "/var/tmp/b"u8, Protocol.MaxPathBytes, needed: true), .. File]),
        .. OfKind(TellEventKind.FileDeleted, TellKinds.File, [Path, .. File]),
        .. OfKind(TellEventKind.Connect, TellKinds.Network, [Address, Needed(Factor.U16("port", 13, 443)), Number("transport", 14, 0, 6, 17, 255)]),
        .. new[] { TellKinds.Process, TellKinds.File, TellKinds.Network }.Select(source => Of(TellEventKind.Loss, source, $" of {source}", Loss, [])),
        .. OfKind((TellEventKind)UnknownKind, TellKinds.Process, [Path]),
    ];

    private static NestedField Actor => new(ActorId, ProcessFactors.Whole("actor"));

    private static Factor Address => new(
        "address",
        new Level("IPv4 zero", list => list.Put(12, new byte[4])),
        new Level("IPv4", list => list.Put(12, [192, 0, 2, 1])),
        new Level("IPv4 highest", list => list.Put(12, [255, 255, 255, 255])),
        new Level("IPv6 zero", list => list.Put(12, new byte[16])),
        new Level("IPv6", list => list.Put(12, [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])),
        new Level("IPv4 in IPv6", list => list.Put(12, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1])));

    private static Factor[] Loss =>
    [
        new("lost", new Level("1", list => list.PutU64(15, 1)), new Level("some", list => list.PutU64(15, 8751)), new Level("most", list => list.PutU64(15, ulong.MaxValue))),
        Factor.Flag("exact", 16),
        Number("place", 17, 0, 1, 2, 3, 255),
    ];

    public static IReadOnlyList<SyntheticAsk> Asks(int seed)
    {
        List<SyntheticAsk> asks = [];
        foreach (Shape shape in AskShapes)
        {
            foreach (int[] row in shape.Rows(seed))
            {
                EventClass @class = row[1] == 0 ? EventClass.Exec : EventClass.Open;
                asks.Add(new SyntheticAsk(
                    shape.Says(row), @class, Files[row[0]], (ticket, deadline) => shape.Write(row, AskHead(ticket, deadline)).ToMessage((ushort)MessageKind.Ask)));
            }
        }

        foreach (EventClass @class in new[] { EventClass.Exec, EventClass.Open })
        {
            asks.Add(new SyntheticAsk($"a sparse file of more than 4 GiB, {@class}", @class, FileKind.Sparse, (ticket, deadline) => AskHead(ticket, deadline)
                .PutU8(2, (byte)@class).Put(4, "/var/lib/large"u8).PutU64(7, (5UL << 30) + 1).PutU32(10, 0x81A4).ToMessage((ushort)MessageKind.Ask)));
        }

        return asks;
    }

    public static IReadOnlyList<SyntheticTell> Tells(int seed)
    {
        List<SyntheticTell> tells = [];
        foreach ((ushort kind, TellKinds source, Shape shape) in TellShapes)
        {
            foreach (int[] row in shape.Rows(seed))
            {
                tells.Add(new SyntheticTell(shape.Says(row), source, shape.Write(row, new FieldList().PutU16(1, kind).PutU8(2, (byte)source)).ToBytes()));
            }
        }

        return tells;
    }

    private static FieldList AskHead(ulong ticket, ulong deadline) => new FieldList().PutU64(1, ticket).PutU64(3, deadline);

    private static IEnumerable<(ushort Kind, TellKinds Source, Shape Shape)> OfKind(TellEventKind kind, TellKinds source, Factor[] own) =>
        [Of(kind, source, "", own, [Actor]), Of(kind, source, " by nobody", own, [])];

    private static (ushort Kind, TellKinds Source, Shape Shape) Of(TellEventKind kind, TellKinds source, string more, Factor[] own, NestedField[] nested) =>
        ((ushort)kind, source, new Shape($"{kind}{more}", [.. Head, .. own], nested));

    private static Factor Number(string name, ushort id, params byte[] values) =>
        new(name, [Level.Missing, .. values.Select(value => new Level($"{value}", list => list.PutU8(id, value)))]);

    // One whose field the protocol wants there.
    private static Factor Needed(Factor factor) => factor with { Levels = [.. factor.Levels.Where(level => level != Level.Missing)] };
}

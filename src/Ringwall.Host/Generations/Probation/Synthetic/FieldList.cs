using System.Buffers.Binary;
using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>
/// A list of fields as docs/protocol.md, section 2, has it. The contract's own writers leave out what is zero or empty and know no unknown fields;
/// synthetic events need both. Bounds are not checked here: a test has the contract's readers accept every synthetic event.
/// </summary>
internal sealed class FieldList
{
    private readonly List<(ushort Id, byte[] Value)> _fields = [];

    public int Count => _fields.Count;

    public FieldList Put(ushort id, ReadOnlySpan<byte> value)
    {
        _fields.Add((id, value.ToArray()));
        return this;
    }

    public FieldList PutU8(ushort id, byte value) => Put(id, [value]);

    public FieldList PutU16(ushort id, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Put(id, bytes);
    }

    public FieldList PutU32(ushort id, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Put(id, bytes);
    }

    public FieldList PutU64(ushort id, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Put(id, bytes);
    }

    public FieldList Put(ushort id, FieldList inner) => Put(id, inner.ToBytes());

    /// <summary>The last field first. Fields come in any order, but for repeated ones, whose order counts: nobody minds which it is here.</summary>
    public void Reverse() => _fields.Reverse();

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_fields.Sum(field => Protocol.FieldHeadBytes + field.Value.Length)];
        int at = 0;
        foreach ((ushort id, byte[] value) in _fields)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), id);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 4), value.Length);
            value.CopyTo(bytes, at + Protocol.FieldHeadBytes);
            at += Protocol.FieldHeadBytes + value.Length;
        }

        return bytes;
    }

    public byte[] ToMessage(ushort kind)
    {
        byte[] fields = ToBytes();
        byte[] message = new byte[Protocol.HeadBytes + fields.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(message, kind);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), message.Length);
        fields.CopyTo(message, Protocol.HeadBytes);
        return message;
    }
}

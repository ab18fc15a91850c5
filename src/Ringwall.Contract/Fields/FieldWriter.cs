using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Ringwall.Contract;

/// <summary>
/// Writes fields into a span and allocates nothing. A span that is too small is the caller's mistake: ArgumentException, and what
/// was written so far is to be thrown away.
/// </summary>
internal ref struct FieldWriter
{
    private readonly Span<byte> _into;
    private int _at;

    /// <summary>Starts a bare field list, such as an event.</summary>
    public FieldWriter(Span<byte> into) => _into = into;

    /// <summary>Starts a message; <see cref="FinishMessage"/> writes its length.</summary>
    public FieldWriter(Span<byte> into, MessageKind kind)
    {
        _into = into;
        Span<byte> head = Room(Protocol.HeadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ushort)kind);
    }

    /// <summary>How many bytes are written.</summary>
    public readonly int Length => _at;

    /// <summary>How many more fit.</summary>
    public readonly int Left => _into.Length - _at;

    /// <summary>Writes a u8 field.</summary>
    public void Put(ushort id, byte value) => Field(id, sizeof(byte))[0] = value;

    /// <summary>Writes a flag: u8, 0 or 1.</summary>
    public void Put(ushort id, bool value) => Put(id, value ? (byte)1 : (byte)0);

    /// <summary>Writes a u16 field.</summary>
    public void Put(ushort id, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Field(id, sizeof(ushort)), value);

    /// <summary>Writes a u32 field.</summary>
    public void Put(ushort id, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Field(id, sizeof(uint)), value);

    /// <summary>Writes a u64 field.</summary>
    public void Put(ushort id, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Field(id, sizeof(ulong)), value);

    /// <summary>Writes an i64 field.</summary>
    public void Put(ushort id, long value) => BinaryPrimitives.WriteInt64LittleEndian(Field(id, sizeof(long)), value);

    /// <summary>Writes bytes, of which there must be <paramref name="least"/> to <paramref name="most"/>.</summary>
    /// <exception cref="ArgumentException">There are fewer or more.</exception>
    public void Put(ushort id, scoped ReadOnlySpan<byte> value, int least, int most)
    {
        CheckLength(id, value.Length, least, most);
        value.CopyTo(Field(id, value.Length));
    }

    /// <summary>Writes text as UTF-8; the bounds count bytes.</summary>
    /// <exception cref="ArgumentException">The text is shorter or longer.</exception>
    public void Put(ushort id, scoped ReadOnlySpan<char> text, int least, int most)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        CheckLength(id, length, least, most);
        Encoding.UTF8.GetBytes(text, Field(id, length));
    }

    /// <summary>Writes as much of the text as fits into <paramref name="most"/> bytes of UTF-8, cut between characters; nothing if it is empty.</summary>
    public void PutCut(ushort id, scoped ReadOnlySpan<char> text, int most)
    {
        if (!text.IsEmpty)
        {
            int mark = Open(id);
            Span<byte> room = _into[_at..Math.Min(_into.Length, _at + most)];
            OperationStatus status = Utf8.FromUtf16(text, room, out _, out int written, replaceInvalidSequences: true);
            _at += written;
            if (status == OperationStatus.DestinationTooSmall && room.Length < most)
            {
                throw new ArgumentException($"{text.Length} characters do not fit: {_at} of {_into.Length} bytes are used.");
            }

            Close(mark);
        }
    }

    /// <summary>Writes the value unless it is zero, which is what a missing field means.</summary>
    public void PutUnlessZero(ushort id, uint value)
    {
        if (value != 0)
        {
            Put(id, value);
        }
    }

    /// <inheritdoc cref="PutUnlessZero(ushort, uint)"/>
    public void PutUnlessZero(ushort id, ulong value)
    {
        if (value != 0)
        {
            Put(id, value);
        }
    }

    /// <summary>Writes bytes unless there are none, which is what a missing field means.</summary>
    public void PutUnlessEmpty(ushort id, scoped ReadOnlySpan<byte> value, int most)
    {
        if (!value.IsEmpty)
        {
            Put(id, value, 0, most);
        }
    }

    /// <summary>Writes text unless it is empty, which is what a missing field means.</summary>
    public void PutUnlessEmpty(ushort id, scoped ReadOnlySpan<char> text, int most)
    {
        if (!text.IsEmpty)
        {
            Put(id, text, 0, most);
        }
    }

    /// <summary>Opens a field whose value is itself a field list. Returns the mark to close it with.</summary>
    public int Open(ushort id)
    {
        int mark = _at;
        BinaryPrimitives.WriteUInt64LittleEndian(Room(Protocol.FieldHeadBytes), id);
        return mark;
    }

    /// <summary>Closes the field that <see cref="Open"/> opened, writing its length.</summary>
    public readonly void Close(int mark) =>
        BinaryPrimitives.WriteInt32LittleEndian(_into[(mark + 4)..], _at - mark - Protocol.FieldHeadBytes);

    /// <summary>Writes the message's length into its head and returns it.</summary>
    /// <exception cref="ArgumentException">The message is longer than <see cref="Protocol.MaxMessageBytes"/>.</exception>
    public readonly int FinishMessage()
    {
        if (_at > Protocol.MaxMessageBytes)
        {
            throw new ArgumentException($"A message of {_at} bytes is longer than {Protocol.MaxMessageBytes}.");
        }

        BinaryPrimitives.WriteInt32LittleEndian(_into[4..], _at);
        return _at;
    }

    private static void CheckLength(ushort id, int length, int least, int most)
    {
        if (length < least || length > most)
        {
            throw new ArgumentException($"Field {id} has {length} bytes; {least} to {most} are allowed.");
        }
    }

    private Span<byte> Field(ushort id, int length)
    {
        Span<byte> field = Room(Protocol.FieldHeadBytes + length);
        BinaryPrimitives.WriteUInt64LittleEndian(field, id | ((ulong)(uint)length << 32));
        return field[Protocol.FieldHeadBytes..];
    }

    private Span<byte> Room(int length)
    {
        if (length > _into.Length - _at)
        {
            throw new ArgumentException($"{length} more bytes do not fit: {_at} of {_into.Length} are used.");
        }

        Span<byte> room = _into.Slice(_at, length);
        _at += length;
        return room;
    }
}

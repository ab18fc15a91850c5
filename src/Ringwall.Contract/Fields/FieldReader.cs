using System.Buffers.Binary;

namespace Ringwall.Contract;

/// <summary>
/// Walks a list of fields that somebody else wrote. Measures, then uses: a field that runs past the end, a known field of another
/// width and a known single field that comes twice make the list malformed, and the walk ends there. Unknown fields are passed over.
/// </summary>
internal ref struct FieldReader
{
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _value;
    private ulong _seen;        // one bit for each single field that was taken; known ids are below 64
    private ushort _id;

    /// <summary>Starts before the first field.</summary>
    public FieldReader(ReadOnlySpan<byte> fields) => _rest = fields;

    /// <summary>The list broke a rule. What was read from it must not be used.</summary>
    public bool Malformed { get; private set; }

    /// <summary>The value of the field that <see cref="Next"/> stopped at.</summary>
    public readonly ReadOnlySpan<byte> Value => _value;

    /// <summary>Goes to the next field. False at the end and once the list is malformed.</summary>
    public bool Next(out ushort id)
    {
        id = 0;
        if (Malformed || _rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < Protocol.FieldHeadBytes)
        {
            Malformed = true;
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_rest[4..]);
        if (length > (uint)(_rest.Length - Protocol.FieldHeadBytes))
        {
            Malformed = true;
            return false;
        }

        _id = id = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        _value = _rest.Slice(Protocol.FieldHeadBytes, (int)length);
        _rest = _rest[(Protocol.FieldHeadBytes + (int)length)..];
        return true;
    }

    /// <summary>Whether a single field with this id (below 64) was taken.</summary>
    public readonly bool Has(ushort id) => (_seen & (1UL << id)) != 0;

    /// <summary>Takes the current field as u8.</summary>
    public void Take(out byte value) => value = Once(sizeof(byte)) ? _value[0] : (byte)0;

    /// <summary>Takes the current field as u16.</summary>
    public void Take(out ushort value) => value = Once(sizeof(ushort)) ? BinaryPrimitives.ReadUInt16LittleEndian(_value) : (ushort)0;

    /// <summary>Takes the current field as u32.</summary>
    public void Take(out uint value) => value = Once(sizeof(uint)) ? BinaryPrimitives.ReadUInt32LittleEndian(_value) : 0;

    /// <summary>Takes the current field as u64.</summary>
    public void Take(out ulong value) => value = Once(sizeof(ulong)) ? BinaryPrimitives.ReadUInt64LittleEndian(_value) : 0;

    /// <summary>Takes the current field as i64, two's complement.</summary>
    public void Take(out long value) => value = Once(sizeof(long)) ? BinaryPrimitives.ReadInt64LittleEndian(_value) : 0;

    /// <summary>Takes the current field as a flag: u8, 0 or 1.</summary>
    public void Take(out bool value)
    {
        Take(out byte raw);
        Require(raw <= 1);
        value = raw == 1;
    }

    /// <summary>Takes the current field as bytes, of which there may be <paramref name="least"/> to <paramref name="most"/>.</summary>
    public void Take(out ReadOnlySpan<byte> value, int least, int most)
    {
        MarkOnce();
        Require(_value.Length >= least && _value.Length <= most);
        value = Malformed ? default : _value;
    }

    /// <summary>Declares the list malformed unless the condition holds.</summary>
    public void Require(bool condition) => Malformed |= !condition;

    private bool Once(int width)
    {
        MarkOnce();
        Require(_value.Length == width);
        return !Malformed;
    }

    private void MarkOnce()
    {
        ulong bit = 1UL << _id;
        Require((_seen & bit) == 0);
        _seen |= bit;
    }
}

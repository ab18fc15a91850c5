namespace Ringwall.Contract;

/// <summary>The values of one repeated field, in order, out of a list that was found well-formed.</summary>
public readonly ref struct FieldValues
{
    private readonly ReadOnlySpan<byte> _fields;
    private readonly ushort _id;

    internal FieldValues(ReadOnlySpan<byte> fields, ushort id)
    {
        _fields = fields;
        _id = id;
    }

    /// <summary>For foreach.</summary>
    public Enumerator GetEnumerator() => new(_fields, _id);

    /// <summary>Walks the values.</summary>
    public ref struct Enumerator
    {
        private readonly ushort _id;
        private FieldReader _fields;

        internal Enumerator(ReadOnlySpan<byte> fields, ushort id)
        {
            _fields = new FieldReader(fields);
            _id = id;
        }

        /// <summary>The value.</summary>
        public readonly ReadOnlySpan<byte> Current => _fields.Value;

        /// <summary>Goes to the next value.</summary>
        public bool MoveNext()
        {
            while (_fields.Next(out ushort id))
            {
                if (id == _id)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

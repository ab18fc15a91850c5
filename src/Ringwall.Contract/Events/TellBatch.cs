namespace Ringwall.Contract;

/// <summary>Host to sensor: events that happened, in order. A view; foreach gives each event's bytes, for <see cref="TellReader.TryRead"/>.</summary>
public readonly ref struct TellBatch
{
    internal const ushort EventId = 1;

    private readonly ReadOnlySpan<byte> _fields;

    private TellBatch(ReadOnlySpan<byte> fields) => _fields = fields;

    /// <summary>Checks the batch's framing without allocating. False: malformed. Each event is checked on its own when it is read.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out TellBatch batch)
    {
        batch = default;
        if (!MessageHead.TryOpen(message, MessageKind.Tells, out FieldReader fields))
        {
            return false;
        }

        while (fields.Next(out _))
        {
        }

        if (fields.Malformed)
        {
            return false;
        }

        batch = new TellBatch(message[Protocol.HeadBytes..]);
        return true;
    }

    /// <summary>For foreach.</summary>
    public FieldValues.Enumerator GetEnumerator() => new(_fields, EventId);
}

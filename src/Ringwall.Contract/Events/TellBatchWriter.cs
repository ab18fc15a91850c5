namespace Ringwall.Contract;

/// <summary>Packs encoded events into one tells message and allocates nothing.</summary>
public ref struct TellBatchWriter
{
    private FieldWriter _fields;

    /// <summary>Starts a batch in a span, of which no more than <see cref="Protocol.MaxMessageBytes"/> are used.</summary>
    /// <exception cref="ArgumentException">The span has no room for a message head.</exception>
    public TellBatchWriter(Span<byte> into) =>
        _fields = new FieldWriter(into[..Math.Min(into.Length, Protocol.MaxMessageBytes)], MessageKind.Tells);

    /// <summary>How many events are packed.</summary>
    public int Count { get; private set; }

    /// <summary>How long the message is so far.</summary>
    public readonly int Length => _fields.Length;

    /// <summary>Adds one event. False: it does not fit any more.</summary>
    public bool TryAdd(scoped ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length + Protocol.FieldHeadBytes > _fields.Left)
        {
            return false;
        }

        _fields.Put(TellBatch.EventId, encoded, 0, Protocol.MaxEventBytes);
        Count++;
        return true;
    }

    /// <summary>Finishes the message and returns its length.</summary>
    public readonly int Finish() => _fields.FinishMessage();
}

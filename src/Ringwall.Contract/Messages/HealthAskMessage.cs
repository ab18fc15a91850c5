namespace Ringwall.Contract;

/// <summary>Host to sensor: answer with this token if you make progress; say nothing if you do not.</summary>
public readonly record struct HealthAskMessage(ulong Token)
{
    /// <summary>The length of what <see cref="Write"/> makes.</summary>
    public const int Bytes = Protocol.HeadBytes + Protocol.FieldHeadBytes + sizeof(ulong);

    /// <summary>Decodes. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out HealthAskMessage ask)
    {
        ask = default;
        if (!MessageHead.TryOpen(message, MessageKind.HealthAsk, out FieldReader fields))
        {
            return false;
        }

        ulong token = 0;
        while (fields.Next(out ushort id))
        {
            if (id == 1)
            {
                fields.Take(out token);
            }
        }

        bool good = !fields.Malformed && fields.Has(1);
        ask = new HealthAskMessage(good ? token : 0);
        return good;
    }

    /// <summary>Encodes and returns the length.</summary>
    /// <exception cref="ArgumentException">The span is too small.</exception>
    public int Write(Span<byte> into)
    {
        FieldWriter fields = new(into, MessageKind.HealthAsk);
        fields.Put(1, Token);
        return fields.FinishMessage();
    }
}

namespace Ringwall.Contract;

/// <summary>Sensor to host: the judgement of one ask. A view; nothing is allocated.</summary>
public ref struct VerdictMessage
{
    /// <summary>The longest verdict that <see cref="Write"/> makes.</summary>
    public const int MaxBytes = Protocol.HeadBytes + 16 + 9 + 9 + Protocol.FieldHeadBytes + Protocol.MaxReasonBytes;

    /// <summary>The ask's ticket.</summary>
    public ulong Ticket;

    /// <summary>Allow or deny.</summary>
    public Verdict Verdict;

    /// <summary>The same answer holds for this file until its bytes change or this sensor's generation does. The host decides whether to remember it.</summary>
    public bool Cacheable;

    /// <summary>Why, for people: at most 1024 bytes, UTF-8 intended.</summary>
    public ReadOnlySpan<byte> Reason;

    /// <summary>Decodes without allocating. False: malformed. A ticket may be any number: whether it is one of ours is for the host to know.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out VerdictMessage verdict)
    {
        verdict = default;
        if (!MessageHead.TryOpen(message, MessageKind.Verdict, out FieldReader fields))
        {
            return false;
        }

        byte raw = 0;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out verdict.Ticket); break;
                case 2: fields.Take(out raw); break;
                case 3: fields.Take(out verdict.Cacheable); break;
                case 4: fields.Take(out verdict.Reason, 0, Protocol.MaxReasonBytes); break;
            }
        }

        verdict.Verdict = (Verdict)raw;
        if (fields.Malformed || !fields.Has(1) || verdict.Verdict is not (Verdict.Allow or Verdict.Deny))
        {
            verdict = default;
            return false;
        }

        return true;
    }

    /// <summary>Encodes without allocating and returns the length. <see cref="MaxBytes"/> of room are always enough.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public readonly int Write(Span<byte> into)
    {
        if (Verdict is not (Verdict.Allow or Verdict.Deny))
        {
            throw new ArgumentException("A verdict allows or denies.");
        }

        FieldWriter fields = new(into, MessageKind.Verdict);
        fields.Put(1, Ticket);
        fields.Put(2, (byte)Verdict);
        if (Cacheable)
        {
            fields.Put(3, true);
        }

        fields.PutUnlessEmpty(4, Reason, Protocol.MaxReasonBytes);
        return fields.FinishMessage();
    }
}

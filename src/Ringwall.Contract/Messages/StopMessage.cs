namespace Ringwall.Contract;

/// <summary>Host to sensor: finish what you hold and exit with status 0.</summary>
/// <param name="Deadline">Until when: CLOCK_MONOTONIC, nanoseconds; the sensor is killed after it. 0: not said.</param>
public readonly record struct StopMessage(ulong Deadline)
{
    /// <summary>The longest that <see cref="Write"/> makes.</summary>
    public const int MaxBytes = Protocol.HeadBytes + Protocol.FieldHeadBytes + sizeof(ulong);

    /// <summary>Decodes. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out StopMessage stop)
    {
        stop = default;
        if (!MessageHead.TryOpen(message, MessageKind.Stop, out FieldReader fields))
        {
            return false;
        }

        ulong deadline = 0;
        while (fields.Next(out ushort id))
        {
            if (id == 1)
            {
                fields.Take(out deadline);
            }
        }

        stop = new StopMessage(fields.Malformed ? 0 : deadline);
        return !fields.Malformed;
    }

    /// <summary>Encodes and returns the length.</summary>
    /// <exception cref="ArgumentException">The span is too small.</exception>
    public int Write(Span<byte> into)
    {
        FieldWriter fields = new(into, MessageKind.Stop);
        fields.PutUnlessZero(1, Deadline);
        return fields.FinishMessage();
    }
}

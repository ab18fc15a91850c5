using System.Text;

namespace Ringwall.Contract;

/// <summary>Sensor to host: the answer to a health question. Counters run from the sensor's start and never go back.</summary>
public sealed record HealthMessage
{
    /// <summary>The question's token.</summary>
    public required ulong Token { get; init; }

    /// <summary>Verdicts sent.</summary>
    public ulong AsksAnswered { get; init; }

    /// <summary>Asks whose deadline passed before or while they were judged; no verdict was sent.</summary>
    public ulong AsksLate { get; init; }

    /// <summary>Asks that wait in the sensor.</summary>
    public uint AsksWaiting { get; init; }

    /// <summary>Tell events handled.</summary>
    public ulong TellsHandled { get; init; }

    /// <summary>Tell events that the sensor's own queue had no room for.</summary>
    public ulong TellsLost { get; init; }

    /// <summary>Tell events that wait in the sensor.</summary>
    public uint QueueLength { get; init; }

    /// <summary>How long the longest-running piece of work has been running; nanoseconds, 0 when idle.</summary>
    public ulong BusyNanoseconds { get; init; }

    /// <summary>For people; at most 256 bytes of UTF-8.</summary>
    public string Note { get; init; } = "";

    /// <summary>Decodes. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out HealthMessage health)
    {
        health = Nothing;
        if (!MessageHead.TryOpen(message, MessageKind.Health, out FieldReader fields))
        {
            return false;
        }

        ulong token = 0, answered = 0, late = 0, handled = 0, lost = 0, busy = 0;
        uint asksWaiting = 0, queueLength = 0;
        ReadOnlySpan<byte> note = default;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out token); break;
                case 2: fields.Take(out answered); break;
                case 3: fields.Take(out queueLength); break;
                case 4: fields.Take(out note, 0, Protocol.MaxNoteBytes); break;
                case 5: fields.Take(out late); break;
                case 6: fields.Take(out asksWaiting); break;
                case 7: fields.Take(out handled); break;
                case 8: fields.Take(out lost); break;
                case 9: fields.Take(out busy); break;
            }
        }

        if (fields.Malformed || !fields.Has(1))
        {
            return false;
        }

        health = new HealthMessage
        {
            Token = token,
            AsksAnswered = answered,
            QueueLength = queueLength,
            Note = Encoding.UTF8.GetString(note),
            AsksLate = late,
            AsksWaiting = asksWaiting,
            TellsHandled = handled,
            TellsLost = lost,
            BusyNanoseconds = busy,
        };
        return true;
    }

    /// <summary>Encodes and returns the length; 512 bytes of room are always enough.</summary>
    /// <exception cref="ArgumentException">The note is too long, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        FieldWriter fields = new(into, MessageKind.Health);
        fields.Put(1, Token);
        fields.PutUnlessZero(2, AsksAnswered);
        fields.PutUnlessZero(3, QueueLength);
        fields.PutUnlessEmpty(4, Note, Protocol.MaxNoteBytes);
        fields.PutUnlessZero(5, AsksLate);
        fields.PutUnlessZero(6, AsksWaiting);
        fields.PutUnlessZero(7, TellsHandled);
        fields.PutUnlessZero(8, TellsLost);
        fields.PutUnlessZero(9, BusyNanoseconds);
        return fields.FinishMessage();
    }

    private static readonly HealthMessage Nothing = new() { Token = 0 };
}

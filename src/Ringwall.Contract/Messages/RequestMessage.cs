using System.Text;

namespace Ringwall.Contract;

/// <summary>
/// Sensor to host: do this. Names what it is about by a process, by a file, or by an ask that the sensor was asked; isolation is about
/// nothing. The host answers each with one <see cref="OutcomeMessage"/>, at any time.
/// </summary>
public sealed record RequestMessage
{
    /// <summary>The sensor's own number for this request, not 0; the outcome repeats it.</summary>
    public required ulong Number { get; init; }

    /// <summary>What is to be done.</summary>
    public required ResponseKind Kind { get; init; }

    /// <summary>The process to kill; 0 when the ticket says which.</summary>
    public uint Pid { get; init; }

    /// <summary>When it began, as the sensor was told: nanoseconds of CLOCK_BOOTTIME. Another process with the same pid is left alone.</summary>
    public ulong Start { get; init; }

    /// <summary>The file's path as the sensor was told, absolute, as bytes because paths are; 1 to 4096, empty when the ticket says which.</summary>
    public ReadOnlyMemory<byte> Path { get; init; }

    /// <summary>The file's device, as the sensor was told. Another file at the same path is left alone.</summary>
    public ulong Device { get; init; }

    /// <summary>The file's inode number, as the sensor was told.</summary>
    public ulong Inode { get; init; }

    /// <summary>An ask that this sensor was asked, within the last minutes: its file, or the process that asked; 0 when none.</summary>
    public ulong Ticket { get; init; }

    /// <summary>Why, for people; at most 1024 bytes of UTF-8.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Decodes. False: malformed. Text that is not UTF-8 comes with replacement characters.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out RequestMessage request)
    {
        request = Nothing;
        if (!MessageHead.TryOpen(message, MessageKind.Request, out FieldReader fields))
        {
            return false;
        }

        ulong number = 0, start = 0, device = 0, inode = 0, ticket = 0;
        byte kind = 0;
        uint pid = 0;
        ReadOnlySpan<byte> path = default, reason = default;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out number); break;
                case 2: fields.Take(out kind); break;
                case 3: fields.Take(out pid); break;
                case 4: fields.Take(out start); break;
                case 5: fields.Take(out path, 1, Protocol.MaxPathBytes); break;
                case 6: fields.Take(out device); break;
                case 7: fields.Take(out inode); break;
                case 8: fields.Take(out ticket); break;
                case 9: fields.Take(out reason, 0, Protocol.MaxReasonBytes); break;
            }
        }

        if (fields.Malformed || number == 0 || kind is < 1 or > 4)
        {
            return false;
        }

        request = new RequestMessage
        {
            Number = number,
            Kind = (ResponseKind)kind,
            Pid = pid,
            Start = start,
            Path = path.ToArray(),
            Device = device,
            Inode = inode,
            Ticket = ticket,
            Reason = Encoding.UTF8.GetString(reason),
        };
        return true;
    }

    /// <summary>Encodes and returns the length. 8192 bytes of room are always enough.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        if (Number == 0 || Kind is < ResponseKind.Kill or > ResponseKind.Isolate)
        {
            throw new ArgumentException("A request has a number that is not 0, and a kind from 1 to 4.");
        }

        FieldWriter fields = new(into, MessageKind.Request);
        fields.Put(1, Number);
        fields.Put(2, (byte)Kind);
        fields.PutUnlessZero(3, Pid);
        fields.PutUnlessZero(4, Start);
        fields.PutUnlessEmpty(5, Path.Span, Protocol.MaxPathBytes);
        fields.PutUnlessZero(6, Device);
        fields.PutUnlessZero(7, Inode);
        fields.PutUnlessZero(8, Ticket);
        fields.PutUnlessEmpty(9, Reason, Protocol.MaxReasonBytes);
        return fields.FinishMessage();
    }

    private static readonly RequestMessage Nothing = new() { Number = 0, Kind = ResponseKind.None };
}

namespace Ringwall.Contract;

/// <summary>
/// Host to sensor: a process waits in the kernel until this is judged. May come with one read-only descriptor of the file.
/// A view: the spans belong to the buffer that was read, or that will be written from. Nothing is allocated.
/// </summary>
public ref struct AskMessage
{
    /// <summary>The longest ask that <see cref="Write"/> makes when the process has neither arguments nor ancestors, as the host sends it.</summary>
    public const int MaxBytes = 12_522;

    /// <summary>Names this ask; the verdict repeats it. Never 0.</summary>
    public ulong Ticket;

    /// <summary>What is about to happen to the file.</summary>
    public EventClass Class;

    /// <summary>When a verdict stops counting: CLOCK_MONOTONIC, nanoseconds (clock_gettime(2)).</summary>
    public ulong Deadline;

    /// <summary>The file's path as the host sees it, at most 4096 bytes, any bytes but 0. Empty when unknown. For information: judge the descriptor.</summary>
    public ReadOnlySpan<byte> Path;

    /// <summary>The file's device, st_dev of stat(2). 0 when unknown.</summary>
    public ulong Device;

    /// <summary>The file's inode number. 0 when unknown.</summary>
    public ulong Inode;

    /// <summary>The file's size in bytes when the ask was made.</summary>
    public ulong Size;

    /// <summary>When the file was last modified: nanoseconds since 1970, negative before.</summary>
    public long ModifiedNanoseconds;

    /// <summary>The file's type and permissions, st_mode of stat(2). 0 when unknown.</summary>
    public uint Mode;

    /// <summary>The process that wants to.</summary>
    public ProcessView Process;

    /// <summary>Decodes without allocating. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out AskMessage ask)
    {
        ask = default;
        if (!MessageHead.TryOpen(message, MessageKind.Ask, out FieldReader fields))
        {
            return false;
        }

        byte raw = 0;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out ask.Ticket); break;
                case 2: fields.Take(out raw); break;
                case 3: fields.Take(out ask.Deadline); break;
                case 4: fields.Take(out ask.Path, 0, Protocol.MaxPathBytes); break;
                case 5: fields.Take(out ask.Device); break;
                case 6: fields.Take(out ask.Inode); break;
                case 7: fields.Take(out ask.Size); break;
                case 8: fields.Take(out ask.ModifiedNanoseconds); break;
                case 9: ProcessView.Take(ref fields, out ask.Process); break;
                case 10: fields.Take(out ask.Mode); break;
            }
        }

        ask.Class = (EventClass)raw;
        if (fields.Malformed || ask.Ticket == 0 || ask.Class is not (EventClass.Exec or EventClass.Open) || !fields.Has(3))
        {
            ask = default;
            return false;
        }

        return true;
    }

    /// <summary>Encodes without allocating and returns the length. <see cref="MaxBytes"/> of room are always enough.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public readonly int Write(Span<byte> into)
    {
        if (Ticket == 0 || Class is not (EventClass.Exec or EventClass.Open))
        {
            throw new ArgumentException("An ask needs a ticket and a class.");
        }

        FieldWriter fields = new(into, MessageKind.Ask);
        fields.Put(1, Ticket);
        fields.Put(2, (byte)Class);
        fields.Put(3, Deadline);
        fields.PutUnlessEmpty(4, Path, Protocol.MaxPathBytes);
        fields.PutUnlessZero(5, Device);
        fields.PutUnlessZero(6, Inode);
        fields.PutUnlessZero(7, Size);
        if (ModifiedNanoseconds != 0)
        {
            fields.Put(8, ModifiedNanoseconds);
        }

        if (!Process.IsNone)
        {
            Process.Put(ref fields, 9);
        }

        fields.PutUnlessZero(10, Mode);
        return fields.FinishMessage();
    }
}

using System.Buffers.Binary;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Review;

namespace Ringwall.Host.Journal;

// Format, little endian: a head of 48 bytes, the sensor's name, the reason, then the ask message of the contract, as sensors got it.
//   0 version u8 (1), 1 applied u8, 2 judged u8, 3 decision u8, 4 name length u8, 5 zero u8, 6 reason length u16,
//   8 took i64, 16 changed i64, 24 owner u32, 28 group u32, 32 links u32, 36 generation i32, 40 zero u64

/// <summary>
/// One answered ask of the journal. A view over the record's bytes, or what is to be written; nothing is allocated but where it says so.
/// </summary>
internal ref struct JournalAsk
{
    private const byte Version = 1;
    private const int HeadBytes = 48;
    private const int ReasonBytes = 512;

    /// <summary>What was answered to the kernel.</summary>
    public Verdict Applied;

    /// <summary>What the sensors said, before guardrails.</summary>
    public Verdict Judged;

    public DecisionReason Reason;

    /// <summary>The sensor that denied, as configured; empty when none did.</summary>
    public ReadOnlySpan<byte> Sensor;

    /// <summary>Its generation; 0 when none denied.</summary>
    public int Generation;

    /// <summary>Why it denied, in its own words; foreign text, cut to 512 bytes.</summary>
    public ReadOnlySpan<byte> Why;

    /// <summary>From reading the ask to answering it.</summary>
    public long TookNs;

    /// <summary>The file's time of its last status change: nanoseconds since 1970. With what <see cref="Message"/> has, the file's identity.</summary>
    public long ChangedNs;

    /// <summary>User and group that own the file, and how many names it has.</summary>
    public uint Owner;

    public uint Group;

    public uint Links;

    /// <summary>The ask as sensors got it: class, path, file, process. Its deadline is the moment when it was read (CLOCK_MONOTONIC), so it is past.</summary>
    public AskMessage Message;

    /// <summary>So many bytes hold any of these, when the process has neither arguments nor ancestors.</summary>
    public const int MaxBytes = HeadBytes + Protocol.MaxNameBytes + ReasonBytes + AskMessage.MaxBytes;

    /// <summary>What the journal keeps of an ask; a view of the same spans.</summary>
    public static JournalAsk Of(in ReviewedAsk ask)
    {
        JournalAsk kept = new()
        {
            Applied = ask.Applied,
            Judged = ask.Judged,
            Reason = ask.Reason,
            Sensor = ask.DecidedBy is { } sensor ? Encoding.UTF8.GetBytes(sensor.Name) : default,
            Generation = ask.DecidedBy?.Generation ?? 0,
            Why = ask.Why,
            TookNs = ask.TookNs,
            ChangedNs = ask.File.Identity.ChangedNs,
            Owner = ask.File.Owner,
            Group = ask.File.Group,
            Links = ask.File.Links,
            Message = new AskMessage
            {
                Ticket = ask.Ticket,
                Class = ask.Class,
                Deadline = (ulong)ask.AskedNs,
                Path = ask.Path,
                Device = ask.File.Identity.Device,
                Inode = ask.File.Identity.Inode,
                Size = ask.File.Identity.Size,
                ModifiedNanoseconds = ask.File.Identity.ModifiedNs,
                Mode = ask.File.Mode,
                Process = new ProcessView { Pid = (uint)ask.Pid },
            },
        };
        if (ask.Process is { } process)
        {
            kept.Message.Process.Start = process.Key.StartNs;
            kept.Message.Process.Uid = process.User;
            kept.Message.Process.Executable = process.Executable.AsSpan(0, Math.Min(process.Executable.Length, Protocol.MaxPathBytes));
            kept.Message.Process.ParentPid = (uint)process.ParentKey.Pid;
            kept.Message.Process.ParentStart = process.ParentKey.StartNs;
        }

        return kept;
    }

    /// <summary>False: these bytes are no ask.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out JournalAsk ask)
    {
        ask = default;
        if (payload.Length < HeadBytes || payload[0] != Version)
        {
            return false;
        }

        int name = payload[4];
        int why = BinaryPrimitives.ReadUInt16LittleEndian(payload[6..]);
        if (name > Protocol.MaxNameBytes || why > ReasonBytes || payload.Length < HeadBytes + name + why
            || !AskMessage.TryRead(payload[(HeadBytes + name + why)..], out AskMessage message))
        {
            return false;
        }

        ask = new JournalAsk
        {
            Applied = (Verdict)payload[1],
            Judged = (Verdict)payload[2],
            Reason = (DecisionReason)payload[3],
            Sensor = payload.Slice(HeadBytes, name),
            Why = payload.Slice(HeadBytes + name, why),
            TookNs = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            ChangedNs = BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
            Owner = BinaryPrimitives.ReadUInt32LittleEndian(payload[24..]),
            Group = BinaryPrimitives.ReadUInt32LittleEndian(payload[28..]),
            Links = BinaryPrimitives.ReadUInt32LittleEndian(payload[32..]),
            Generation = BinaryPrimitives.ReadInt32LittleEndian(payload[36..]),
            Message = message,
        };
        return true;
    }

    /// <summary>Encodes and returns the length. A reason that is too long is cut.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public readonly int Write(Span<byte> into)
    {
        ReadOnlySpan<byte> why = Why[..Math.Min(Why.Length, ReasonBytes)];
        if (Sensor.Length > Protocol.MaxNameBytes)
        {
            throw new ArgumentException($"A sensor's name has at most {Protocol.MaxNameBytes} bytes, not {Sensor.Length}.");
        }

        into[..HeadBytes].Clear();
        into[0] = Version;
        into[1] = (byte)Applied;
        into[2] = (byte)Judged;
        into[3] = (byte)Reason;
        into[4] = (byte)Sensor.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(into[6..], (ushort)why.Length);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], TookNs);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], ChangedNs);
        BinaryPrimitives.WriteUInt32LittleEndian(into[24..], Owner);
        BinaryPrimitives.WriteUInt32LittleEndian(into[28..], Group);
        BinaryPrimitives.WriteUInt32LittleEndian(into[32..], Links);
        BinaryPrimitives.WriteInt32LittleEndian(into[36..], Generation);
        Sensor.CopyTo(into[HeadBytes..]);
        why.CopyTo(into[(HeadBytes + Sensor.Length)..]);
        int head = HeadBytes + Sensor.Length + why.Length;
        return head + Message.Write(into[head..]);
    }

    /// <summary>The sensor's name as text; null when none denied. Allocates.</summary>
    public readonly string? SensorName() => Sensor.IsEmpty ? null : Encoding.UTF8.GetString(Sensor);
}

namespace Ringwall.Contract;

/// <summary>One tell event as a view over its bytes; nothing is allocated. Which members are set depends on the kind.</summary>
public ref struct TellReader
{
    /// <summary>The event's own bytes.</summary>
    public ReadOnlySpan<byte> Encoded;

    /// <summary>What has happened. May be a kind that this library does not know: skip it.</summary>
    public TellEventKind Kind;

    /// <summary>Where it comes from: one bit.</summary>
    public TellKinds Source;

    /// <summary>The event's number within its source, from 1; 0 for loss events. A gap is told by a loss event.</summary>
    public ulong Sequence;

    /// <summary>When it happened: CLOCK_REALTIME, nanoseconds since 1970.</summary>
    public ulong Time;

    /// <summary>Who did it. <see cref="ProcessView.IsNone"/> when unknown and for loss.</summary>
    public ProcessView Actor;

    /// <summary>Fork: the new process.</summary>
    public ProcessView Child;

    /// <summary>Exit: the status as wait(2) gives it.</summary>
    public uint ExitStatus;

    /// <summary>File events: the path; of a rename, the old one.</summary>
    public ReadOnlySpan<byte> Path;

    /// <summary>Rename: the new path.</summary>
    public ReadOnlySpan<byte> NewPath;

    /// <summary>File events: st_dev; 0 when unknown.</summary>
    public ulong Device;

    /// <summary>File events: st_ino; 0 when unknown.</summary>
    public ulong Inode;

    /// <summary>Connect: 4 bytes of IPv4 or 16 of IPv6, network order.</summary>
    public ReadOnlySpan<byte> Address;

    /// <summary>Connect: the remote port.</summary>
    public ushort Port;

    /// <summary>Connect: the IP protocol number, 6 for TCP and 17 for UDP.</summary>
    public byte Transport;

    /// <summary>Loss: how many events were lost.</summary>
    public ulong Lost;

    /// <summary>Loss: the number is exact; otherwise it is at least so many.</summary>
    public bool LossIsExact;

    /// <summary>Loss: where.</summary>
    public LossPlace LossPlace;

    /// <summary>Decodes one event without allocating. False: malformed, which includes a known kind that lacks a member it must have.</summary>
    public static bool TryRead(ReadOnlySpan<byte> encoded, out TellReader tell)
    {
        tell = default;
        if (encoded.Length > Protocol.MaxEventBytes)
        {
            return false;
        }

        FieldReader fields = new(encoded);
        ushort kind = 0;
        byte source = 0, place = 0;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out kind); break;
                case 2: fields.Take(out source); break;
                case 3: fields.Take(out tell.Sequence); break;
                case 4: fields.Take(out tell.Time); break;
                case 5: ProcessView.Take(ref fields, out tell.Actor); break;
                case 6: ProcessView.Take(ref fields, out tell.Child); break;
                case 7: fields.Take(out tell.ExitStatus); break;
                case 8: fields.Take(out tell.Path, 1, Protocol.MaxPathBytes); break;
                case 9: fields.Take(out tell.NewPath, 1, Protocol.MaxPathBytes); break;
                case 10: fields.Take(out tell.Device); break;
                case 11: fields.Take(out tell.Inode); break;
                case 12:
                    fields.Take(out tell.Address, 4, 16);
                    fields.Require(tell.Address.Length is 4 or 16);
                    break;
                case 13: fields.Take(out tell.Port); break;
                case 14: fields.Take(out tell.Transport); break;
                case 15: fields.Take(out tell.Lost); break;
                case 16: fields.Take(out tell.LossIsExact); break;
                case 17: fields.Take(out place); break;
            }
        }

        tell.Kind = (TellEventKind)kind;
        tell.Source = (TellKinds)source;
        tell.LossPlace = (LossPlace)place;
        tell.Encoded = encoded;
        if (fields.Malformed || kind == 0 || !byte.IsPow2(source) || !fields.Has(4) || !HasItsOwn(tell.Kind, in fields, in tell))
        {
            tell = default;
            return false;
        }

        return true;
    }

    /// <summary>Copies into a record that outlives the buffer. Allocates.</summary>
    public readonly TellEvent ToEvent() => TellEvent.From(this);

    private static bool HasItsOwn(TellEventKind kind, in FieldReader fields, in TellReader tell) => kind switch
    {
        TellEventKind.ProcessFork => fields.Has(6),
        TellEventKind.FileCreated or TellEventKind.FileWritten or TellEventKind.FileDeleted => fields.Has(8),
        TellEventKind.FileRenamed => fields.Has(8) && fields.Has(9),
        TellEventKind.Connect => fields.Has(12) && fields.Has(13),
        TellEventKind.Loss => tell.Lost > 0,
        _ => true,
    };
}

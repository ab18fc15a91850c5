namespace Ringwall.Contract;

/// <summary>
/// A process inside a message or event: a view over its bytes, nothing is allocated. To write one, set the plain members;
/// a view that was read writes its arguments and ancestors again too.
/// </summary>
public ref struct ProcessView
{
    internal const ushort WorkingDirectoryId = 7;
    internal const ushort ArgumentId = 8;
    internal const ushort CutId = 9;
    internal const ushort AncestorId = 10;

    private ReadOnlySpan<byte> _fields;     // what was read, for arguments and ancestors

    /// <summary>The process id (thread group id) as the host sees it. 0 when unknown.</summary>
    public uint Pid;

    /// <summary>When it started: nanoseconds since boot (CLOCK_BOOTTIME). Together with the pid it names the process. 0 when unknown.</summary>
    public ulong Start;

    /// <summary>The effective user id.</summary>
    public uint Uid;

    /// <summary>The path of the program that it executes, at most 4096 bytes; empty when unknown.</summary>
    public ReadOnlySpan<byte> Executable;

    /// <summary>The parent's process id. 0 when unknown.</summary>
    public uint ParentPid;

    /// <summary>The parent's start. 0 when unknown.</summary>
    public ulong ParentStart;

    /// <summary>The working directory, at most 4096 bytes; empty when unknown.</summary>
    public ReadOnlySpan<byte> WorkingDirectory;

    /// <summary>Some of the arguments are missing or shortened.</summary>
    public bool ArgumentsCut;

    /// <summary>Nothing is known: what a missing process field means, and one that says nothing.</summary>
    public readonly bool IsNone => Pid == 0 && Start == 0 && Uid == 0 && Executable.IsEmpty && ParentPid == 0 && ParentStart == 0 && WorkingDirectory.IsEmpty
        && !ArgumentsCut && !Arguments.GetEnumerator().MoveNext() && !Ancestors.GetEnumerator().MoveNext();

    /// <summary>The arguments in order, the program's own name first. Empty unless the view was read.</summary>
    public readonly FieldValues Arguments => new(_fields, ArgumentId);

    /// <summary>Ancestors, the parent first. Empty unless the view was read.</summary>
    public readonly AncestorViews Ancestors => new(_fields);

    /// <summary>Copies into a record that outlives the buffer; null for <see cref="IsNone"/>. Allocates.</summary>
    public readonly ProcessRecord? ToRecord() => IsNone ? null : ProcessRecord.From(this);

    /// <summary>Decodes a process field's value. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out ProcessView process) => TryRead(value, isAncestor: false, out process);

    internal static void Take(scoped ref FieldReader fields, out ProcessView process)
    {
        fields.Take(out ReadOnlySpan<byte> value, 0, Protocol.MaxMessageBytes);
        process = default;
        if (!fields.Malformed)
        {
            fields.Require(TryRead(value, isAncestor: false, out process));
        }
    }

    internal static bool TryRead(ReadOnlySpan<byte> value, bool isAncestor, out ProcessView process)
    {
        process = default;
        FieldReader fields = new(value);
        int arguments = 0, ancestors = 0;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out process.Pid); break;
                case 2: fields.Take(out process.Start); break;
                case 3: fields.Take(out process.Uid); break;
                case 4: fields.Take(out process.Executable, 0, Protocol.MaxPathBytes); break;
                case 5: fields.Take(out process.ParentPid); break;
                case 6: fields.Take(out process.ParentStart); break;
                case WorkingDirectoryId when !isAncestor: fields.Take(out process.WorkingDirectory, 0, Protocol.MaxPathBytes); break;
                case ArgumentId when !isAncestor:
                    arguments += Protocol.FieldHeadBytes + fields.Value.Length;
                    fields.Require(arguments <= Protocol.MaxArgumentsBytes);
                    break;
                case CutId when !isAncestor: fields.Take(out process.ArgumentsCut); break;
                case AncestorId when !isAncestor:
                    ancestors++;
                    fields.Require(ancestors <= Protocol.MaxAncestors && TryRead(fields.Value, isAncestor: true, out _));
                    break;
            }
        }

        if (fields.Malformed)
        {
            process = default;
            return false;
        }

        process._fields = isAncestor ? default : value;
        return true;
    }

    internal readonly void Put(ref FieldWriter fields, ushort id)
    {
        int mark = fields.Open(id);
        PutPlain(ref fields);
        fields.PutUnlessEmpty(WorkingDirectoryId, WorkingDirectory, Protocol.MaxPathBytes);
        foreach (ReadOnlySpan<byte> argument in Arguments)
        {
            fields.Put(ArgumentId, argument, 0, Protocol.MaxArgumentsBytes);
        }

        if (ArgumentsCut)
        {
            fields.Put(CutId, true);
        }

        foreach (ProcessView ancestor in Ancestors)
        {
            int inner = fields.Open(AncestorId);
            ancestor.PutPlain(ref fields);
            fields.Close(inner);
        }

        fields.Close(mark);
    }

    /// <summary>Pid, start, user, executable and parent: all that an ancestor has.</summary>
    internal readonly void PutPlain(ref FieldWriter fields)
    {
        fields.PutUnlessZero(1, Pid);
        fields.PutUnlessZero(2, Start);
        fields.PutUnlessZero(3, Uid);
        fields.PutUnlessEmpty(4, Executable, Protocol.MaxPathBytes);
        fields.PutUnlessZero(5, ParentPid);
        fields.PutUnlessZero(6, ParentStart);
    }
}

using System.Text;

namespace Ringwall.Contract;

/// <summary>A process as text and lists, for those who do not count allocations. Bytes that are not UTF-8 became replacement characters.</summary>
public sealed record ProcessRecord
{
    /// <inheritdoc cref="ProcessView.Pid"/>
    public uint Pid { get; init; }

    /// <inheritdoc cref="ProcessView.Start"/>
    public ulong Start { get; init; }

    /// <inheritdoc cref="ProcessView.Uid"/>
    public uint Uid { get; init; }

    /// <inheritdoc cref="ProcessView.Executable"/>
    public string Executable { get; init; } = "";

    /// <inheritdoc cref="ProcessView.ParentPid"/>
    public uint ParentPid { get; init; }

    /// <inheritdoc cref="ProcessView.ParentStart"/>
    public ulong ParentStart { get; init; }

    /// <inheritdoc cref="ProcessView.WorkingDirectory"/>
    public string WorkingDirectory { get; init; } = "";

    /// <inheritdoc cref="ProcessView.Arguments"/>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc cref="ProcessView.ArgumentsCut"/>
    public bool ArgumentsCut { get; init; }

    /// <summary>Ancestors, the parent first, at most 16; without arguments and ancestors of their own.</summary>
    public IReadOnlyList<ProcessRecord> Ancestors { get; init; } = [];

    internal static ProcessRecord From(in ProcessView view)
    {
        List<string> arguments = [];
        foreach (ReadOnlySpan<byte> argument in view.Arguments)
        {
            arguments.Add(Encoding.UTF8.GetString(argument));
        }

        List<ProcessRecord> ancestors = [];
        foreach (ProcessView ancestor in view.Ancestors)
        {
            ancestors.Add(From(ancestor));
        }

        return new ProcessRecord
        {
            Pid = view.Pid,
            Start = view.Start,
            Uid = view.Uid,
            Executable = Encoding.UTF8.GetString(view.Executable),
            ParentPid = view.ParentPid,
            ParentStart = view.ParentStart,
            WorkingDirectory = Encoding.UTF8.GetString(view.WorkingDirectory),
            Arguments = arguments,
            ArgumentsCut = view.ArgumentsCut,
            Ancestors = ancestors,
        };
    }

    /// <summary>
    /// Writes the process as a field, cutting what is too long: text that was bytes can be longer as UTF-8, and whoever names a
    /// program or passes an argument must not be able to make this throw.
    /// </summary>
    internal void Put(ref FieldWriter fields, ushort id)
    {
        int mark = fields.Open(id);
        PutPlain(ref fields);
        fields.PutCut(ProcessView.WorkingDirectoryId, WorkingDirectory, Protocol.MaxPathBytes);
        bool cut = ArgumentsCut;
        int spent = 0;
        foreach (string argument in Arguments)
        {
            int length = Encoding.UTF8.GetByteCount(argument);
            spent += Protocol.FieldHeadBytes + length;
            if (spent > Protocol.MaxArgumentsBytes)
            {
                cut = true;
                break;
            }

            fields.Put(ProcessView.ArgumentId, argument, 0, length);
        }

        if (cut)
        {
            fields.Put(ProcessView.CutId, true);
        }

        foreach (ProcessRecord ancestor in Ancestors.Take(Protocol.MaxAncestors))
        {
            int inner = fields.Open(ProcessView.AncestorId);
            ancestor.PutPlain(ref fields);
            fields.Close(inner);
        }

        fields.Close(mark);
    }

    /// <summary>Writes the process as a child: without working directory, arguments and ancestors.</summary>
    internal void PutChild(ref FieldWriter fields, ushort id)
    {
        int mark = fields.Open(id);
        PutPlain(ref fields);
        fields.Close(mark);
    }

    private void PutPlain(ref FieldWriter fields)
    {
        fields.PutUnlessZero(1, Pid);
        fields.PutUnlessZero(2, Start);
        fields.PutUnlessZero(3, Uid);
        fields.PutCut(4, Executable, Protocol.MaxPathBytes);
        fields.PutUnlessZero(5, ParentPid);
        fields.PutUnlessZero(6, ParentStart);
    }
}

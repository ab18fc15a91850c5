namespace Ringwall.Contract;

/// <summary>
/// Encodes one tell event into a span and allocates nothing: constructor, actor, the kind's own members, <see cref="Finish"/>.
/// <see cref="Protocol.MaxEventBytes"/> of room are always enough. What each kind needs is in docs/protocol.md.
/// </summary>
/// <remarks>Every method throws ArgumentException when the span is too small or a value is outside its range.</remarks>
public ref struct TellWriter
{
    private FieldWriter _fields;
    private int _actor;
    private int _arguments;
    private int _ancestors;
    private bool _full;
    private bool _cut;

    /// <param name="into">Where to write.</param>
    /// <param name="kind">What has happened.</param>
    /// <param name="source">Where it comes from: exactly one bit.</param>
    /// <param name="sequence">The event's number within its source, from 1; 0 for loss events.</param>
    /// <param name="time">When it happened: CLOCK_REALTIME, nanoseconds since 1970.</param>
    public TellWriter(Span<byte> into, TellEventKind kind, TellKinds source, ulong sequence, ulong time)
    {
        _fields = new FieldWriter(into);
        _fields.Put(1, (ushort)kind);
        _fields.Put(2, (byte)source);
        _fields.PutUnlessZero(3, sequence);
        _fields.Put(4, time);
    }

    /// <summary>Writes the actor in one go; arguments and ancestors only if the view was read from bytes.</summary>
    public void Actor(scoped in ProcessView actor) => actor.Put(ref _fields, 5);

    internal void Actor(ProcessRecord? actor) => actor?.Put(ref _fields, 5);

    internal void Child(ProcessRecord? child) => child?.PutChild(ref _fields, 6);

    internal void Path(scoped ReadOnlySpan<char> path) => _fields.PutCut(8, path, Protocol.MaxPathBytes);

    internal void NewPath(scoped ReadOnlySpan<char> path) => _fields.PutCut(9, path, Protocol.MaxPathBytes);

    /// <summary>Opens the actor. Then come arguments, then ancestors, then <see cref="EndActor"/>.</summary>
    public void BeginActor(scoped in ProcessView actor)
    {
        _actor = _fields.Open(5);
        _arguments = 0;
        _ancestors = 0;
        _full = false;
        _cut = actor.ArgumentsCut;
        actor.PutPlain(ref _fields);
        _fields.PutUnlessEmpty(ProcessView.WorkingDirectoryId, actor.WorkingDirectory, Protocol.MaxPathBytes);
    }

    /// <summary>Adds an argument of the actor. False: no more fit, and the event will say that they are cut.</summary>
    public bool Argument(scoped ReadOnlySpan<byte> argument)
    {
        // Cut before, by whoever collected them, is no reason to leave out what there is.
        if (_full || _arguments + Protocol.FieldHeadBytes + argument.Length > Protocol.MaxArgumentsBytes)
        {
            _full = true;
            _cut = true;
            return false;
        }

        _arguments += Protocol.FieldHeadBytes + argument.Length;
        _fields.Put(ProcessView.ArgumentId, argument, 0, Protocol.MaxArgumentsBytes);
        return true;
    }

    /// <summary>Adds an ancestor of the actor, the parent first. False: there are <see cref="Protocol.MaxAncestors"/> already.</summary>
    public bool Ancestor(scoped in ProcessView ancestor)
    {
        if (_ancestors == Protocol.MaxAncestors)
        {
            return false;
        }

        _ancestors++;
        int mark = _fields.Open(ProcessView.AncestorId);
        ancestor.PutPlain(ref _fields);
        _fields.Close(mark);
        return true;
    }

    /// <summary>Closes the actor.</summary>
    public void EndActor()
    {
        if (_cut)
        {
            _fields.Put(ProcessView.CutId, true);
        }

        _fields.Close(_actor);
    }

    /// <summary>Fork: the new process; pid, start, user, executable and parent of it.</summary>
    public void Child(scoped in ProcessView child)
    {
        int mark = _fields.Open(6);
        child.PutPlain(ref _fields);
        _fields.Close(mark);
    }

    /// <summary>Exit: the status as wait(2) gives it (exit code in bits 8 to 15, signal in bits 0 to 6).</summary>
    public void ExitStatus(uint status) => _fields.Put(7, status);

    /// <summary>File events: the path, 1 to 4096 bytes; of a rename, the old one.</summary>
    public void Path(scoped ReadOnlySpan<byte> path) => _fields.Put(8, path, 1, Protocol.MaxPathBytes);

    /// <summary>Rename: the new path, 1 to 4096 bytes.</summary>
    public void NewPath(scoped ReadOnlySpan<byte> path) => _fields.Put(9, path, 1, Protocol.MaxPathBytes);

    /// <summary>File events: which file, st_dev and st_ino of stat(2); left out when unknown.</summary>
    public void File(ulong device, ulong inode)
    {
        _fields.PutUnlessZero(10, device);
        _fields.PutUnlessZero(11, inode);
    }

    /// <summary>Connect: the remote address (4 bytes IPv4 or 16 bytes IPv6, network order), the port, and the IP protocol number (6 TCP, 17 UDP).</summary>
    public void Remote(scoped ReadOnlySpan<byte> address, ushort port, byte transport)
    {
        if (address.Length is not (4 or 16))
        {
            throw new ArgumentException($"An address has 4 or 16 bytes, not {address.Length}.");
        }

        _fields.Put(12, address, 4, 16);
        _fields.Put(13, port);
        _fields.Put(14, transport);
    }

    /// <summary>Loss: how many events of the source, whether that is the exact number (else at least so many), and where.</summary>
    public void Lost(ulong count, bool exact, LossPlace place)
    {
        _fields.Put(15, count);
        _fields.Put(16, exact);
        _fields.Put(17, (byte)place);
    }

    /// <summary>The event's length.</summary>
    public readonly int Finish() => _fields.Length <= Protocol.MaxEventBytes
        ? _fields.Length
        : throw new ArgumentException($"An event of {_fields.Length} bytes is longer than {Protocol.MaxEventBytes}.");
}

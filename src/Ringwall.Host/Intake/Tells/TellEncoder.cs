using Ringwall.Contract;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Host.Intake.Tells;

// Owns:     one buffer; what it encoded is valid until it encodes again.
// Threads:  one.
// Bounds:   an event has room for one process with all that it may have; ancestors are added, nearest first, while there is room.

/// <summary>Writes events about processes of the table in the contract's bytes, without allocating.</summary>
internal sealed class TellEncoder
{
    // Of an ancestor its path is the longest part.
    private const int AncestorBytes = Protocol.MaxPathBytes + 128;

    // What may follow the actor: a child, or two paths, and the rest.
    private const int AfterActorBytes = (2 * Protocol.MaxPathBytes) + 1024;

    private readonly byte[] _buffer = new byte[Protocol.MaxEventBytes];

    public ReadOnlySpan<byte> Start(ulong sequence, ulong time, ProcessEntry actor, ReadOnlySpan<byte> arguments, bool cut)
    {
        TellWriter writer = new(_buffer, TellEventKind.ProcessStart, TellKinds.Process, sequence, time);
        Actor(ref writer, actor, arguments, cut);
        return _buffer.AsSpan(0, writer.Finish());
    }

    public ReadOnlySpan<byte> Fork(ulong sequence, ulong time, ProcessEntry actor, ProcessEntry child)
    {
        TellWriter writer = new(_buffer, TellEventKind.ProcessFork, TellKinds.Process, sequence, time);
        Actor(ref writer, actor);
        writer.Child(View(child, withDirectory: true));
        return _buffer.AsSpan(0, writer.Finish());
    }

    public ReadOnlySpan<byte> Exit(ulong sequence, ulong time, ProcessEntry actor, int status)
    {
        TellWriter writer = new(_buffer, TellEventKind.ProcessExit, TellKinds.Process, sequence, time);
        Actor(ref writer, actor);
        writer.ExitStatus((uint)status);
        return _buffer.AsSpan(0, writer.Finish());
    }

    public ReadOnlySpan<byte> Connect(
        ulong sequence, ulong time, ProcessEntry actor, in Kernel.Tells.ConnectFacts target)
    {
        TellWriter writer = new(_buffer, TellEventKind.Connect, TellKinds.Network, sequence, time);
        Actor(ref writer, actor);
        writer.Remote(target.Address, target.Port, target.Protocol);
        return _buffer.AsSpan(0, writer.Finish());
    }

    /// <param name="happened">What, when, in which order, and to which file.</param>
    /// <param name="actor">Who did it; null when not known.</param>
    /// <param name="path">The file's path; of a rename, the old one.</param>
    /// <param name="newPath">Of a rename, the new one.</param>
    public ReadOnlySpan<byte> File(in FileHappening happened, ProcessEntry? actor, ReadOnlySpan<byte> path, ReadOnlySpan<byte> newPath)
    {
        TellWriter writer = new(_buffer, happened.Kind, TellKinds.File, happened.Sequence, happened.Time);
        if (actor is not null)
        {
            Actor(ref writer, actor);
        }

        writer.Path(path);
        if (happened.Kind == TellEventKind.FileRenamed)
        {
            writer.NewPath(newPath);
        }

        writer.File(DeviceNumber.FromPacked(happened.File.Device).StatValue, happened.File.Inode);
        return _buffer.AsSpan(0, writer.Finish());
    }

    private static void Actor(ref TellWriter writer, ProcessEntry actor) =>
        Actor(ref writer, actor, actor.ArgumentBlock, actor.ArgumentsCut);

    private static void Actor(ref TellWriter writer, ProcessEntry actor, ReadOnlySpan<byte> arguments, bool cut)
    {
        ProcessView view = View(actor, withDirectory: true);
        view.ArgumentsCut = cut;
        writer.BeginActor(view);
        int room = Protocol.MaxEventBytes - AfterActorBytes - (2 * AncestorBytes);
        while (!arguments.IsEmpty)
        {
            int length = arguments.IndexOf((byte)0);
            ReadOnlySpan<byte> argument = length < 0 ? arguments : arguments[..length];
            room -= Protocol.FieldHeadBytes + argument.Length;
            if (!writer.Argument(argument))
            {
                break;
            }

            arguments = length < 0 ? default : arguments[(length + 1)..];
        }

        ProcessEntry? ancestor = actor.Parent;
        while (ancestor is not null && room > AncestorBytes && writer.Ancestor(View(ancestor, withDirectory: false)))
        {
            room -= 128 + ancestor.Executable.Length;
            ancestor = ancestor.Parent;
        }

        writer.EndActor();
    }

    private static ProcessView View(ProcessEntry entry, bool withDirectory) => new()
    {
        Pid = (uint)entry.Key.Pid,
        Start = entry.Key.StartNs,
        Uid = entry.User,
        Executable = entry.Executable,
        ParentPid = (uint)entry.ParentKey.Pid,
        ParentStart = entry.ParentKey.StartNs,
        WorkingDirectory = withDirectory ? entry.WorkingDirectory : default,
    };
}

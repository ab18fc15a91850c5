using Ringwall.Contract;
using Ringwall.Host.Configuration;

namespace Ringwall.Host.Journal;

// Threads:  one at a time: it has one buffer.

/// <summary>Takes out of records what the operator does not want on disk, before they get there.</summary>
internal sealed class Redaction(JournalField fields)
{
    /// <summary>What stands where a user or group was: (uid_t)-1, which is nobody's.</summary>
    public const uint NoUser = uint.MaxValue;

    private readonly byte[] _event = fields == JournalField.None ? [] : new byte[Protocol.MaxEventBytes];

    /// <summary>What stands where a path was that an event must have.</summary>
    public static ReadOnlySpan<byte> NoPath => "(redacted)"u8;

    /// <summary>The event without what is to be left out; the very same bytes when nothing is; empty for what is no event. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Tell(ReadOnlySpan<byte> encoded)
    {
        if (fields == JournalField.None)
        {
            return encoded;
        }

        if (!TellReader.TryRead(encoded, out TellReader tell))
        {
            return default;     // whatever it is, it is not known what would have to be left out
        }

        if (tell.Kind == TellEventKind.Loss)
        {
            return encoded;
        }

        TellWriter writer = new(_event, tell.Kind, tell.Source, tell.Sequence, tell.Time);
        if (!tell.Actor.IsNone)
        {
            Actor(ref writer, tell.Actor);
        }

        switch (tell.Kind)
        {
            case TellEventKind.ProcessFork:
                writer.Child(Process(tell.Child));
                break;
            case TellEventKind.ProcessExit:
                writer.ExitStatus(tell.ExitStatus);
                break;
            case TellEventKind.Connect:
                Remote(ref writer, tell);
                break;
            case TellEventKind.FileCreated or TellEventKind.FileWritten or TellEventKind.FileDeleted or TellEventKind.FileRenamed:
                File(ref writer, tell);
                break;
        }

        return _event.AsSpan(0, writer.Finish());
    }

    /// <summary>Leaves out of an ask what is to be left out.</summary>
    public void Ask(ref JournalAsk ask)
    {
        ask.Message.Path = Has(JournalField.Paths) ? default : ask.Message.Path;
        ask.Message.Process = Process(ask.Message.Process);
        ask.Why = Has(JournalField.Reasons) ? default : ask.Why;
        if (Has(JournalField.Users))
        {
            ask.Owner = NoUser;
            ask.Group = NoUser;
        }
    }

    private bool Has(JournalField field) => (fields & field) != 0;

    private ProcessView Process(ProcessView process)
    {
        process.Executable = Has(JournalField.Programs) ? default : process.Executable;
        process.WorkingDirectory = Has(JournalField.Paths) ? default : process.WorkingDirectory;
        process.Uid = Has(JournalField.Users) ? NoUser : process.Uid;
        return process;
    }

    private void Actor(ref TellWriter writer, in ProcessView actor)
    {
        ProcessView shown = Process(actor);
        shown.ArgumentsCut |= Has(JournalField.Arguments);
        writer.BeginActor(shown);
        foreach (ReadOnlySpan<byte> argument in actor.Arguments)
        {
            if (Has(JournalField.Arguments) || !writer.Argument(argument))
            {
                break;
            }
        }

        foreach (ProcessView ancestor in actor.Ancestors)
        {
            writer.Ancestor(Process(ancestor));
        }

        writer.EndActor();
    }

    private void Remote(ref TellWriter writer, in TellReader tell)
    {
        Span<byte> nowhere = stackalloc byte[tell.Address.Length];
        nowhere.Clear();
        writer.Remote(Has(JournalField.Addresses) ? nowhere : tell.Address, tell.Port, tell.Transport);
    }

    private void File(ref TellWriter writer, in TellReader tell)
    {
        writer.Path(Has(JournalField.Paths) ? NoPath : tell.Path);
        if (tell.Kind == TellEventKind.FileRenamed)
        {
            writer.NewPath(Has(JournalField.Paths) ? NoPath : tell.NewPath);
        }

        writer.File(tell.Device, tell.Inode);
    }
}

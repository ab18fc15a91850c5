using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Host.Intake.Tells;

// Owns:         the file event thread, the change group and its marks.
// Does not own: the process table, the hub, what hears of changes.
// Threads:      its own. It opens directories of local file systems, so it must not be the answering thread; nothing it does waits for that one.
// Ordering:     for each event first IFileChanges, then everybody else. All process events from before an event are in the table when it is told.
// Limits:       paths are those of the moment when the event is read. A file in a directory that was renamed in between is told below the
//               directory's new name. Events that were merged are told in the order in which such things mostly happen.

/// <summary>Takes what the kernel tells of files, has what was remembered about them dropped, and publishes events.</summary>
internal sealed class FileTells : IDisposable
{
    // After a batch, the next ones may gather so long. The first after a rest is taken at once.
    private const int GatherMs = 1;
    private const int BufferBytes = 128 * 1024;
    private const int MountTag = 1;
    private const int DirectoriesKept = 8_192;

    private readonly ChangeGroup _group;
    private readonly FileTellContext _context;
    private readonly MountWatch _mounts = new();
    private readonly WatchedFileSystems _watched;
    private readonly DirectoryPaths _directories = new(DirectoriesKept);
    private readonly TellEncoder _encoder = new();
    private readonly WakeUp _stop = new();
    private readonly Epoll _epoll = new(3);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly byte[] _path = new byte[Protocol.MaxPathBytes];
    private readonly byte[] _newPath = new byte[Protocol.MaxPathBytes];
    private readonly Thread _thread;
    private HalfRename? _half;
    private volatile bool _stopping;

    /// <summary>Marks every local file system that is mounted now.</summary>
    /// <param name="group">Owned from now on.</param>
    /// <param name="context">What events meet.</param>
    public FileTells(ChangeGroup group, FileTellContext context)
    {
        _group = group;
        _context = context;
        _watched = new WatchedFileSystems(group, context.Watches);

        // Watched before it is read: a change in between is noticed later. A changed mount table shows as an error, and is always readable.
        _epoll.Add(_mounts.Descriptor, MountTag, readable: false);
        _epoll.Add(group.Handle, tag: 2);
        _epoll.Add(_stop.Handle, tag: 3);
        _watched.Refresh(MountTable.Read());
        _context.Changes.HearsOf(_watched.Devices);
        _thread = new Thread(Run) { Name = "file events", IsBackground = true };
    }

    /// <summary>What is not watched and why.</summary>
    public IReadOnlyList<string> Notes => _watched.Notes;

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stopping = true;
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _group.Dispose();
        _mounts.Dispose();
        _stop.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        _ = Urgency.TryPrefer();
        while (!_stopping)
        {
            int ready = _epoll.Wait(-1);
            for (int i = 0; i < ready; i++)
            {
                if (_epoll.Ready(i).Tag == MountTag)
                {
                    RefreshMounts();
                }
            }

            if (TakeAll())
            {
                _ = Poll.Readable([_stop.Handle], GatherMs);
            }
        }
    }

    private void RefreshMounts()
    {
        // Paths may lead elsewhere now, and the device number of what is gone may be given to something else.
        _directories.Clear();
        bool gone = _watched.Refresh(MountTable.Read());
        _context.Changes.HearsOf(_watched.Devices);
        if (gone)
        {
            _context.Changes.AnythingChanged();
        }
    }

    private bool TakeAll()
    {
        bool any = false;
        int length;
        while (!_stopping && (length = _group.Read(_buffer)) > 0)
        {
            any = true;
            Take(_buffer.AsSpan(0, length));
        }

        EndHalf();
        return any;
    }

    private void Take(ReadOnlySpan<byte> batch)
    {
        Drop(batch, out int deletedDirectories);

        // All that the actors of these events did before is in the ring by now; taking it makes them known.
        _context.CatchUp();
        if (deletedDirectories > 0)
        {
            LearnDeleted(batch, deletedDirectories);
        }

        ulong time = TellHub.NowNs();
        ChangeReader reader = new(batch);
        while (reader.TryRead(out ChangeEvent change))
        {
            Tell(change, time);
        }
    }

    // First of all, and for the whole batch: nothing that was remembered about these files may be used any more.
    private void Drop(ReadOnlySpan<byte> batch, out int deletedDirectories)
    {
        IFileChanges changes = _context.Changes;
        deletedDirectories = 0;
        ChangeReader reader = new(batch);
        while (reader.TryRead(out ChangeEvent change))
        {
            if (change.Has(ChangeKinds.Overflow))
            {
                changes.AnythingChanged();
                continue;
            }

            deletedDirectories += IsDeletedDirectory(change) ? 1 : 0;
            const ChangeKinds Naming = ChangeKinds.Renamed | ChangeKinds.MovedTo | ChangeKinds.Created;
            if (change.Has(ChangeKinds.OnDirectory))
            {
                if (change.Has(ChangeKinds.Renamed | ChangeKinds.MovedFrom | ChangeKinds.MovedTo))
                {
                    changes.DirectoryRenamed();
                }

                continue;
            }

            if (!change.Has(Naming | ChangeKinds.Written | ChangeKinds.Attributes))
            {
                continue;
            }

            // A name that means nothing any more has had, or will have, an event of its own.
            if (!TryKey(change, out FileKey key) && !TryKeyByName(change, out key))
            {
                continue;
            }

            if (change.Has(ChangeKinds.Written))
            {
                changes.Written(key);
            }

            if (change.Has(ChangeKinds.Attributes))
            {
                changes.AttributesChanged(key);
            }

            if (change.Has(Naming))
            {
                changes.NameGiven(key);
            }
        }

        if (reader.Malformed)
        {
            changes.AnythingChanged();
            _context.Hub.PublishLoss(TellKinds.File, 1, exact: false);
        }
    }

    // A tree that is deleted goes from the inside out, and then no directory of it can be looked up any more. But each one's own deletion names it,
    // by its parent and its name. From the last event to the first, so that parents are known before their children.
    private void LearnDeleted(ReadOnlySpan<byte> batch, int count)
    {
        for (int last = count; last > 0; last--)
        {
            ChangeReader reader = new(batch);
            int seen = 0;
            while (reader.TryRead(out ChangeEvent change))
            {
                if (!IsDeletedDirectory(change) || ++seen != last)
                {
                    continue;
                }

                if (!_directories.Knows(change.Target) && TryJoin(change.Directory, change.Name, _path, out ReadOnlySpan<byte> path))
                {
                    _directories.Keep(change.Target, path.ToArray());
                }

                break;
            }
        }
    }

    private static bool IsDeletedDirectory(in ChangeEvent change) =>
        change.Has(ChangeKinds.Deleted) && change.Has(ChangeKinds.OnDirectory) && !change.Target.IsNone;

    private void Tell(in ChangeEvent change, ulong time)
    {
        if (change.Has(ChangeKinds.Overflow))
        {
            _directories.Clear();
            _context.Hub.PublishLoss(TellKinds.File, 1, exact: false);
            return;
        }

        if (_half is not null && !change.Has(ChangeKinds.MovedTo))
        {
            EndHalf();
        }

        bool isOwn = _context.Own.Contains(change.Pid);
        bool isDirectory = change.Has(ChangeKinds.OnDirectory);
        if (!isOwn)
        {
            // Merged events have lost their order; this is how they mostly come.
            TellIf(change, ChangeKinds.Created, TellEventKind.FileCreated, time);
            TellIf(change, ChangeKinds.Written, TellEventKind.FileWritten, time);
            TellRename(change, time);
            TellIf(change, ChangeKinds.Deleted, TellEventKind.FileDeleted, time);
        }

        if (isDirectory && change.Has(ChangeKinds.Renamed | ChangeKinds.MovedFrom | ChangeKinds.MovedTo))
        {
            _directories.Clear();
        }
    }

    private void TellIf(in ChangeEvent change, ChangeKinds kind, TellEventKind told, ulong time)
    {
        if (change.Has(kind))
        {
            Publish(told, change, time, change.Directory, change.Name);
        }
    }

    private void TellRename(in ChangeEvent change, ulong time)
    {
        if (change.Has(ChangeKinds.Renamed))
        {
            ReadOnlySpan<byte> to = Join(change.NewDirectory, change.NewName, _newPath);
            Publish(TellEventKind.FileRenamed, change, time, change.Directory, change.Name, to);
        }

        if (change.Has(ChangeKinds.MovedTo))
        {
            ReadOnlySpan<byte> to = Join(change.Directory, change.Name, _newPath);
            if (_half is { } half && half.Pid == change.Pid && half.FileSystem == change.Directory.FileSystem)
            {
                _half = null;
                Publish(TellEventKind.FileRenamed, change, time, half.Path, to);
            }
            else
            {
                // Its first half was about something else, or is lost: that the name is there now is all that is known.
                EndHalf();
                Publish(TellEventKind.FileCreated, change, time, to, default);
            }
        }

        if (change.Has(ChangeKinds.MovedFrom))
        {
            EndHalf();
            _half = new HalfRename(change.Pid, change.Directory.FileSystem, Join(change.Directory, change.Name, _path).ToArray(), time);
        }
    }

    // The second half did not follow: the name is gone from here.
    private void EndHalf()
    {
        if (_half is not { } half)
        {
            return;
        }

        _half = null;
        Publish(TellEventKind.FileDeleted, new ChangeEvent { Pid = half.Pid }, half.Time, half.Path, default);
    }

    private void Publish(TellEventKind kind, in ChangeEvent change, ulong time, HandleView directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> to = default)
    {
        if (name.IsEmpty || name.SequenceEqual("."u8))
        {
            return;
        }

        Publish(kind, change, time, Join(directory, name, _path), to);
    }

    private void Publish(TellEventKind kind, in ChangeEvent change, ulong time, ReadOnlySpan<byte> path, ReadOnlySpan<byte> to)
    {
        TellHub hub = _context.Hub;
        ulong sequence = hub.NextSequence(TellKinds.File);
        if ((hub.Wanted & TellKinds.File) == 0)
        {
            return;
        }

        _ = TryKey(change, out FileKey key);
        _ = _context.Processes.TryGet(change.Pid, out ProcessEntry? actor);
        hub.Publish(TellKinds.File, _encoder.File(new FileHappening(kind, sequence, time, key), actor, path, to));
    }

    private bool TryKey(in ChangeEvent change, out FileKey key)
    {
        key = default;
        return !change.Target.IsNone && _watched.Find(change.Target.FileSystem) is { } system && system.TryKey(change.Target, out key);
    }

    // Before Linux 5.17 the kernel does not tell which file got the name.
    private bool TryKeyByName(in ChangeEvent change, out FileKey key)
    {
        key = default;
        return change.Target.IsNone && _watched.Find(change.Directory.FileSystem) is { } system && system.TryKey(change.Directory, change.Name, out key);
    }

    private ReadOnlySpan<byte> Join(HandleView directory, ReadOnlySpan<byte> name, byte[] into)
    {
        if (TryJoin(directory, name, into, out ReadOnlySpan<byte> path))
        {
            return path;
        }

        // Not a path from the top, and it must not look like one.
        ReadOnlySpan<byte> unknown = "(unknown)/"u8;
        unknown.CopyTo(into);
        name.CopyTo(into.AsSpan(unknown.Length));
        return into.AsSpan(0, unknown.Length + name.Length);
    }

    private bool TryJoin(HandleView directory, ReadOnlySpan<byte> name, byte[] into, out ReadOnlySpan<byte> path)
    {
        path = default;
        if (directory.IsNone || !_directories.TryFind(directory, _watched.Find(directory.FileSystem), out ReadOnlySpan<byte> above))
        {
            return false;
        }

        int slash = above.Length == 1 ? 0 : 1;
        int length = above.Length + slash + name.Length;
        if (length > into.Length)
        {
            return false;
        }

        above.CopyTo(into);
        into[above.Length - 1 + slash] = (byte)'/';
        name.CopyTo(into.AsSpan(above.Length + slash));
        path = into.AsSpan(0, length);
        return true;
    }

    private sealed record HalfRename(int Pid, ulong FileSystem, byte[] Path, ulong Time);
}

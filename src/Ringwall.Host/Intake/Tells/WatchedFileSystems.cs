using Ringwall.Kernel;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Host.Intake.Tells;

// Owns:     which file systems are watched. Does not own: the group whose marks do it.
// Threads:  Refresh and Find: the file event thread (and its maker before that thread starts). Notes: any.

/// <summary>Keeps the marks of a change group in step with the mount table.</summary>
internal sealed class WatchedFileSystems(ChangeGroup group, Func<Mount, bool> watches)
{
    // Path look-ups go through the first mounts of a file system; that it is mounted at hundreds of places must not make each look-up a hundred.
    private const int MountsEach = 4;

    private Dictionary<ulong, WatchedFileSystem> _byId = [];
    private HashSet<int> _mountIds = [];
    private volatile string[] _notes = [];

    /// <summary>What is not watched and why, for people: one line for each local file system.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyCollection<WatchedFileSystem> All => _byId.Values;

    /// <summary>Devices of the file systems that are watched.</summary>
    public IReadOnlySet<ulong> Devices => _byId.Values.Select(watched => watched.Device).ToHashSet();

    public WatchedFileSystem? Find(ulong id) => _byId.GetValueOrDefault(id);

    /// <summary>Watches what is new in the table, and forgets what is no longer there. Returns whether anything is gone.</summary>
    public bool Refresh(MountTable table)
    {
        Dictionary<ulong, List<(Mount Mount, WatchedMount Way)>> found = [];
        List<string> notes = [];
        HashSet<int> ids = [];
        foreach (Mount mount in table.Mounts)
        {
            ids.Add(mount.Id);
            if (!mount.MayBeTouched)
            {
                if (mount.Kind is FileSystemKind.Local)
                {
                    notes.Add($"{mount} is not watched: the way to it leads through a file system that may not answer, or to another mount that covers it");
                }

                continue;
            }

            if (!watches(mount))
            {
                continue;
            }

            // Each time, marked already or not: a file system that was unmounted lost its mark, though its device and mount numbers may be back.
            if (!group.TryWatch(mount.Point, out Errno errno))
            {
                notes.Add($"{mount} is not watched: {Reason(errno)}");
            }
            else if (!WatchedMount.TryFind(mount.Point, out WatchedMount? way, out errno))
            {
                notes.Add($"{mount} is not watched: it cannot be opened: {errno}");
            }
            else
            {
                if (!found.TryGetValue(way!.FileSystem, out List<(Mount, WatchedMount)>? ways))
                {
                    found[way.FileSystem] = ways = [];
                }

                ways.Add((mount, way));
            }
        }

        bool gone = _mountIds.Except(ids).Any();
        _mountIds = ids;
        _byId = found.ToDictionary(pair => pair.Key, pair => Watched(pair.Key, pair.Value));
        _notes = [.. notes.Distinct()];
        return gone;
    }

    private static WatchedFileSystem Watched(ulong id, List<(Mount Mount, WatchedMount Way)> ways)
    {
        // Mounts that show all of it can name any file; of the others, each only a part.
        WatchedMount[] mounts = [.. ways.OrderByDescending(w => w.Mount.ShowsWhole).Take(MountsEach).Select(w => w.Way)];
        return new WatchedFileSystem(id, ways[0].Mount.Type, ways[0].Mount.Device.Packed, mounts);
    }

    private static string Reason(Errno errno) => errno.Value switch
    {
        Errno.EOPNOTSUPP or Errno.ENODEV or Errno.EXDEV => $"it cannot name its files by handle ({errno})",
        _ => errno.ToString(),
    };
}

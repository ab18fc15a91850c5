// Owns:         the group's marks on filesystems.
// Does not own: the marks on inodes (KernelMemory), the mounts.
// Threads:      one of its own; Start and Stop by whoever runs the host. Marking looks paths up, so it is never done by the answering thread.
// Ordering:     a mount's traits are published before it is marked, so no ask comes from a filesystem that is not known.

using System.Text;
using Ringwall.Host.Decide;
using Ringwall.Kernel;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Host.Intake.Asks;

/// <summary>Has the kernel ask about every local filesystem, also about those that are mounted later.</summary>
/// <param name="group">The group that is asked.</param>
/// <param name="watched">Told which filesystems are marked.</param>
/// <param name="only">Mount points to mark; null for every local filesystem.</param>
/// <param name="refused">Hears of filesystems that could not be marked.</param>
internal sealed class MountMarks(PermissionGroup group, Watched watched, IReadOnlyCollection<string>? only, Action<string> refused) : IDisposable
{
    private const PermissionEvents Asked = PermissionEvents.Open | PermissionEvents.OpenForExecution;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private readonly MountWatch _changes = new();
    private readonly Dictionary<ulong, Mount> _marked = [];
    private readonly HashSet<ulong> _refusedOnce = [];
    private Thread? _thread;
    private volatile bool _stopping;
    private int _count;
    private string[] _points = [];

    /// <summary>Where the marked filesystems are mounted. Any thread.</summary>
    public IReadOnlyList<string> Points => Volatile.Read(ref _points);

    /// <summary>Filesystems that are marked now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Marks what is mounted now, then goes on with what comes.</summary>
    public void Start()
    {
        MarkAll();
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "mounts", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Takes every mark away: the kernel asks no more.</summary>
    public void Stop()
    {
        _stopping = true;
        _thread?.Join();
        foreach (Mount mount in _marked.Values)
        {
            try
            {
                group.UnmarkFilesystem(mount.Point, Asked);
            }
            catch (KernelException gone)
            {
                refused($"{mount}: {gone.Message}");
            }
        }

        _marked.Clear();
    }

    /// <summary>Looks no more. The marks stay, unless <see cref="Stop"/> took them away.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread?.Join();
        _changes.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_changes.Wait(LookAgain))
            {
                MarkAll();
            }
        }
    }

    private void MarkAll()
    {
        Dictionary<ulong, Mount> now = [];
        ILookup<ulong, Mount> all = MountTable.Read().Mounts.ToLookup(mount => mount.Device.Packed);
        foreach (Mount mount in all.SelectMany(mounts => mounts))
        {
            if (mount.MayBeTouched && (only is null || only.Contains(Encoding.UTF8.GetString(mount.Point))))
            {
                now.TryAdd(mount.Device.Packed, mount);
            }
        }

        watched.Replace(now.ToDictionary(pair => pair.Key, pair => FilesystemTraits.Of(pair.Value.Type) with { OnlyMount = OnlyMount(all[pair.Key]) }));
        foreach ((ulong device, Mount mount) in now)
        {
            // Each time: a filesystem that was unmounted lost its mark, and the next one may have its device and mount numbers. Marking
            // twice does no harm.
            Mark(device, mount);
        }

        foreach (ulong device in _marked.Keys.Where(device => !now.ContainsKey(device)).ToList())
        {
            _marked.Remove(device);     // unmounted: its mark went with it
        }

        Volatile.Write(ref _count, _marked.Count);
        Volatile.Write(ref _points, [.. _marked.Values.Select(mount => Encoding.UTF8.GetString(mount.Point))]);
    }

    private static int OnlyMount(IEnumerable<Mount> ofOneDevice) => ofOneDevice.Take(2).ToList() is [{ ShowsWhole: true } only] ? only.Id : 0;

    private void Mark(ulong device, Mount mount)
    {
        try
        {
            group.MarkFilesystem(mount.Point, Asked);
            _marked[device] = mount;
        }
        catch (KernelException why) when (_refusedOnce.Add(device))
        {
            refused($"{mount} is not guarded: {why.Message}");
        }
        catch (KernelException)
        {
            // Said once.
        }
    }
}

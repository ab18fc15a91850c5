using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Processes;

namespace Ringwall.Keeper;

/// <summary>One life of the host: started by this keeper, or taken over from a dead one.</summary>
internal sealed class HostRun : IDisposable
{
    private readonly ChildProcess? _child;

    private HostRun(ChildProcess? child, Pidfd pidfd, HandoverSocket socket)
    {
        _child = child;
        Pidfd = pidfd;
        Socket = socket;
    }

    public Pidfd Pidfd { get; }

    public HandoverSocket Socket { get; }

    public long StartedAt { get; } = Environment.TickCount64;

    /// <summary>Starts the host's program with the group, the heartbeat and a line to this keeper as descriptors 3, 4 and 5.</summary>
    public static HostRun Start(KeeperOptions options, PermissionGroup group, Heartbeat heartbeat)
    {
        (HandoverSocket mine, SafeFileHandle theirs) = HandoverSocket.Pair();
        using SafeFileHandle forHost = theirs;
        using SafeFileHandle nothing = Inherited.DevNull();
        ChildProcess child = Spawn.Start(new SpawnRequest
        {
            Path = options.Host[0],
            Arguments = options.Host,
            Environment = [.. HandoverDescriptors.Environment(), .. Owner(options)],
            Descriptors = HandoverDescriptors.For(group.Handle, heartbeat.Handle, forHost, nothing),
            Group = SpawnGroup.OwnSession,
        });
        return new HostRun(child, child.Pidfd, mine);
    }

    /// <summary>Takes over a host that started this keeper. Null when it has died meanwhile.</summary>
    public static HostRun? Adopt(int pid, HandoverSocket socket) =>
        Pidfd.TryOpen(pid, out Pidfd? pidfd) ? new HostRun(null, pidfd!, socket) : null;

    /// <summary>Waits until it has ended, and reaps it when it is our child.</summary>
    /// <returns>False when it still runs. A host that is not our child has no status that we could learn.</returns>
    public bool AwaitEnd(TimeSpan patience, out ExitStatus? status)
    {
        if (_child is null)
        {
            status = null;
            return Pidfd.WaitForEnd(patience);
        }

        bool ended = _child.TryWait(patience, out ExitStatus known);
        status = ended ? known : null;
        return ended;
    }

    // A host that must start a new keeper tells it who owns them both.
    private static IEnumerable<string> Owner(KeeperOptions options) =>
        options.Owner is { } owner ? [string.Create(CultureInfo.InvariantCulture, $"RINGWALL_OWNER={owner}")] : [];

    public void Dispose()
    {
        Pidfd.Dispose();
        Socket.Dispose();
    }
}

using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Host.Responses;

// Owns:     the programs that cut the machine off, while it is.
// Threads:  the responses thread; the kernel takes the programs away when the process ends, however it ends, and the next host puts them back.

/// <summary>Cuts the machine off the network, and gives it back.</summary>
internal sealed class NetworkSwitch(Func<(SafeFileHandle? Group, string? Reason)> openGroup, IReadOnlyList<uint> users) : IDisposable
{
    private NetworkIsolation? _isolation;

    public bool IsOff => _isolation is not null;

    /// <summary>The topmost control group, which is the whole machine.</summary>
    public static (SafeFileHandle? Group, string? Reason) OpenTopmost() =>
        CgroupTree.TryOpenRoot(MountTable.Read(), out SafeFileHandle? root, out string? reason) ? (root, null) : (null, reason);

    /// <returns>Why it cannot be; null when it is.</returns>
    /// <exception cref="Kernel.KernelException">The kernel refused.</exception>
    public string? TurnOff()
    {
        if (IsOff)
        {
            return null;
        }

        (SafeFileHandle? group, string? reason) = openGroup();
        using (group)
        {
            _isolation = group is null ? null : NetworkIsolation.Attach(group, users);
        }

        return group is null ? reason ?? "there is no control group to cut off" : null;
    }

    public void TurnOn()
    {
        _isolation?.Dispose();
        _isolation = null;
    }

    public void Dispose() => TurnOn();
}

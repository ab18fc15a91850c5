using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Bpf;

// Owns:     the programs at the control group. The kernel takes them away when this is disposed, or when the process ends, however it ends.
// Threads:  any.

/// <summary>Cuts all processes of a control group (version 2), and below, off the network: everything but the loopback, and what exempted users send and receive.</summary>
public sealed unsafe class NetworkIsolation : IDisposable
{
    // In every network namespace; LOOPBACK_IFINDEX of the kernel.
    private const uint Loopback = 1;

    private readonly BpfObject _object;
    private readonly List<BpfLink> _links = [];

    private NetworkIsolation(BpfObject loaded) => _object = loaded;

    /// <summary>Packets that were dropped.</summary>
    public long Dropped => (long)_object.Read<IsolationRules>("rules", 0).Dropped;

    /// <summary>From now on the group is cut off.</summary>
    /// <param name="cgroup">The group's directory: the topmost for the machine.</param>
    /// <param name="users">Who goes on, by user id; at most 256.</param>
    /// <param name="loopback">The device that goes on; for tests, which have no other.</param>
    /// <exception cref="KernelException">libbpf is missing, a right is, or the kernel lacks something.</exception>
    public static NetworkIsolation Attach(SafeFileHandle cgroup, IReadOnlyCollection<uint> users, uint loopback = Loopback)
    {
        NetworkIsolation isolation = new(BpfObject.OpenBuiltIn("isolation.bpf.o"));
        try
        {
            isolation._object.Load();
            isolation._object.Write("rules", 0, new IsolationRules { Loopback = loopback });
            foreach (uint user in users)
            {
                isolation._object.Write("users", user, 1u);
            }

            isolation._links.Add(isolation._object.AttachToCgroup("on_egress", cgroup));
            isolation._links.Add(isolation._object.AttachToCgroup("on_ingress", cgroup));
            return isolation;
        }
        catch
        {
            isolation.Dispose();
            throw;
        }
    }

    /// <summary>How many programs stand at a group's packets, whoever put them there: two of an isolation.</summary>
    public static int CountAt(SafeFileHandle cgroup)
    {
        uint all = 0;
        foreach (int place in (ReadOnlySpan<int>)[linux_bpf.BPF_CGROUP_INET_INGRESS, linux_bpf.BPF_CGROUP_INET_EGRESS])
        {
            uint flags = 0;
            uint count = 0;

            // SAFETY: without room for numbers the kernel only counts.
            _ = bpf_bpf.bpf_prog_query((int)cgroup.DangerousGetHandle(), place, 0, &flags, null, &count);
            all += count;
        }

        return (int)all;
    }

    public void Dispose()
    {
        foreach (BpfLink link in _links)
        {
            link.Dispose();
        }

        _object.Dispose();
    }

    // struct isolation_rules of isolation.bpf.c.
    [StructLayout(LayoutKind.Sequential)]
    private struct IsolationRules
    {
        public uint Loopback;
        public uint Pad;
        public ulong Dropped;
    }
}

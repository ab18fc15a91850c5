using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Bpf;

/// <summary>A program at its place. The kernel takes it away when this is closed, or when the process ends, however it ends.</summary>
internal sealed class BpfLink : SafeHandle
{
    public BpfLink(nint link)
        : base(0, ownsHandle: true) => SetHandle(link);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => bpf_libbpf.bpf_link__destroy(handle) == 0;
}

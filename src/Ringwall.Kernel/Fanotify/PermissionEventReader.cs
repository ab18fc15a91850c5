using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_fanotify;

namespace Ringwall.Kernel.Fanotify;

/// <summary>Walks one buffer read from a permission group.</summary>
public ref struct PermissionEventReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>How often the kernel's queue overflowed, as far as this buffer tells. Those events were allowed by the kernel.</summary>
    public int Overflows { get; private set; }

    /// <exception cref="KernelException">The buffer cannot be read on from here; descriptors may be lost, so the process must end.</exception>
    public bool TryRead(out PermissionEvent read)
    {
        int headSize = Unsafe.SizeOf<fanotify_event_metadata>();
        while (_rest.Length >= headSize)
        {
            fanotify_event_metadata head = MemoryMarshal.Read<fanotify_event_metadata>(_rest);

            // A wrong length loses our place in the buffer, and with it descriptors that
            // someone is blocked on. There is no safe guess, so stop instead of skipping.
            if (head.event_len < headSize || head.event_len > _rest.Length || head.vers != FANOTIFY_METADATA_VERSION)
            {
                KernelException.Throw(
                    $"read(fanotify): event of {head.event_len} bytes, version {head.vers}, in {_rest.Length}", new Errno(Errno.EINVAL));
            }

            _rest = _rest[(int)head.event_len..];
            if (head.fd == FAN_NOFD)
            {
                Overflows++;
                continue;
            }

            read = new PermissionEvent((PermissionEvents)head.mask, head.fd, head.pid);
            return true;
        }

        read = default;
        return false;
    }
}

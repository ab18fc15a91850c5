using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_fanotify;

namespace Ringwall.Kernel.Fanotify;

/// <summary>Walks one buffer read from a change group. fanotify(7).</summary>
public ref struct ChangeReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>The buffer was not as the manual describes it. What comes after cannot be told, so nothing more is read.</summary>
    public bool Malformed { get; private set; }

    public bool TryRead(out ChangeEvent change)
    {
        change = default;
        int headSize = Unsafe.SizeOf<fanotify_event_metadata>();
        if (Malformed || _rest.IsEmpty)
        {
            return false;
        }

        if (!MemoryMarshal.TryRead(_rest, out fanotify_event_metadata head) || head.vers != FANOTIFY_METADATA_VERSION
            || head.metadata_len < headSize || head.event_len < head.metadata_len || head.event_len > (uint)_rest.Length)
        {
            Malformed = true;
            return false;
        }

        ReadOnlySpan<byte> parts = _rest[head.metadata_len..(int)head.event_len];
        _rest = _rest[(int)head.event_len..];
        change.Kinds = (ChangeKinds)head.mask;
        change.Pid = head.pid;
        Malformed = !TryParts(parts, ref change);
        if (Malformed)
        {
            change = default;
        }

        return !Malformed;
    }

    private static bool TryParts(ReadOnlySpan<byte> parts, scoped ref ChangeEvent change)
    {
        int headSize = Unsafe.SizeOf<fanotify_event_info_header>();
        while (!parts.IsEmpty)
        {
            if (!MemoryMarshal.TryRead(parts, out fanotify_event_info_header head) || head.len < headSize || head.len > parts.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> part = parts[headSize..head.len];
            parts = parts[head.len..];
            switch (head.info_type)
            {
                case FAN_EVENT_INFO_TYPE_FID:
                case FAN_EVENT_INFO_TYPE_DFID:
                case FAN_EVENT_INFO_TYPE_DFID_NAME:
                case FAN_EVENT_INFO_TYPE_OLD_DFID_NAME:
                case FAN_EVENT_INFO_TYPE_NEW_DFID_NAME:
                    if (!HandleView.TryTake(part, out HandleView handle, out ReadOnlySpan<byte> name) || !Put(head.info_type, handle, name, ref change))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    private static bool Put(byte type, HandleView handle, ReadOnlySpan<byte> padded, scoped ref ChangeEvent change)
    {
        if (type == FAN_EVENT_INFO_TYPE_FID)
        {
            change.Target = handle;
            return true;
        }

        if (type == FAN_EVENT_INFO_TYPE_DFID)
        {
            // Of a directory itself: it has no name here, and what it contains did not change.
            change.Directory = handle;
            change.Name = "."u8;
            return true;
        }

        int length = padded.IndexOf((byte)0);
        if (length <= 0)
        {
            return false;
        }

        if (type == FAN_EVENT_INFO_TYPE_NEW_DFID_NAME)
        {
            change.NewDirectory = handle;
            change.NewName = padded[..length];
        }
        else
        {
            change.Directory = handle;
            change.Name = padded[..length];
        }

        return true;
    }
}

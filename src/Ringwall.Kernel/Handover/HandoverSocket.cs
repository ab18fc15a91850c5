using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;
using static Ringwall.Kernel.Abi.sys_socket;

namespace Ringwall.Kernel.Handover;

/// <summary>What host and keeper say to each other; one byte each.</summary>
public enum HandoverWord : byte
{
    /// <summary>Host: I am ready to read the group; stop reading, finish what you have read, and say Go.</summary>
    Ready = (byte)'R',

    /// <summary>Keeper: I no longer read. The group is yours.</summary>
    Go = (byte)'G',

    /// <summary>Host: I no longer read and have answered everything; take over, and start the host anew when I have ended.</summary>
    TakeOver = (byte)'T',

    /// <summary>Keeper: I read now.</summary>
    Taken = (byte)'K',

    /// <summary>Host: I am ending for good. End when I have.</summary>
    Ending = (byte)'E',

    /// <summary>Keeper: end for good.</summary>
    End = (byte)'X',
}

/// <summary>The line between host and keeper: a SOCK_SEQPACKET pair. Hang-up means that the other has died.</summary>
public sealed unsafe class HandoverSocket(SafeFileHandle handle) : IDisposable
{
    public SafeFileHandle Handle { get; } = handle;

    /// <returns>Both ends; the second is for the program to be started.</returns>
    public static (HandoverSocket Mine, SafeFileHandle Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        {
            KernelException.Throw("socketpair");
        }

        return (new HandoverSocket(new SafeFileHandle(ends[0], true)), new SafeFileHandle(ends[1], true));
    }

    /// <summary>The process that made the pair, by the kernel's word (SO_PEERCRED, unix(7)); for the end that was given away.</summary>
    /// <returns>Null when it has died. The number was looked up while its end of the pair was open, so it is no successor's.</returns>
    public Pidfd? OpenMaker()
    {
        ucred maker = default;
        uint size = (uint)sizeof(ucred);
        if (getsockopt((int)Handle.DangerousGetHandle(), SOL_SOCKET, SO_PEERCRED, &maker, &size) != 0)
        {
            KernelException.Throw("getsockopt(SO_PEERCRED)");
        }

        if (!Pidfd.TryOpen(maker.pid, out Pidfd? pidfd))
        {
            return null;
        }

        if (Poll.IsHungUp(Handle))
        {
            pidfd!.Dispose();
            return null;
        }

        return pidfd;
    }

    /// <summary>Says one word. A dead partner is not an error here: hang-up tells.</summary>
    public void Say(HandoverWord word)
    {
        byte said = (byte)word;
        _ = send((int)Handle.DangerousGetHandle(), &said, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    /// <summary>Takes one word, without waiting.</summary>
    /// <param name="word">What was said.</param>
    /// <param name="partnerIsGone">The other end is closed.</param>
    public bool TryHear(out HandoverWord word, out bool partnerIsGone)
    {
        byte said = 0;
        nint count = recv((int)Handle.DangerousGetHandle(), &said, 1, MSG_DONTWAIT);
        word = (HandoverWord)said;
        partnerIsGone = count == 0 || (count < 0 && Errno.Last.Value is not (Errno.EAGAIN or Errno.EINTR));
        return count == 1;
    }

    public void Dispose() => Handle.Dispose();
}

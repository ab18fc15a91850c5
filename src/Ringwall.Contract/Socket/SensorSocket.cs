// Owns:         one end of a SOCK_SEQPACKET pair.
// Does not own: buffers, or descriptors that are sent along (they are borrowed for the call).
// Threads:      sends from any number of threads (the kernel keeps each message whole); receives from one.
// Ordering:     messages arrive in the order in which their sends returned.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Contract.Abi;

namespace Ringwall.Contract;

/// <summary>One end of the socket between host and sensor: whole messages, and at most one descriptor with each. Nothing here allocates per message.</summary>
public sealed unsafe class SensorSocket : SafeHandle
{
    // One SCM_RIGHTS message with one descriptor, the data padded to eight bytes: CMSG_SPACE(sizeof(int)) of cmsg(3).
    private const int ControlBytes = 24;

    // CMSG_LEN(sizeof(int)): with exactly this much room the kernel installs no more than one descriptor.
    private const int OneDescriptorBytes = 20;

    private SensorSocket(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>Makes a connected pair; both ends are close-on-exec and blocking, and the host's end takes no descriptors where the kernel can do that.</summary>
    /// <exception cref="SensorSocketException">The kernel refused.</exception>
    public static (SensorSocket Host, SensorSocket Sensor) CreatePair()
    {
        int* ends = stackalloc int[2];

        // SAFETY: socketpair writes two ints.
        if (sys_socket.socketpair(sys_socket.AF_UNIX, sys_socket.SOCK_SEQPACKET | sys_socket.SOCK_CLOEXEC, 0, ends) != 0)
        {
            throw new SensorSocketException($"socketpair: {LastError()} Raise the limit of open files (RLIMIT_NOFILE).");
        }

        SensorSocket host = new(ends[0]);
        host.RefuseDescriptors();
        return (host, new SensorSocket(ends[1]));
    }

    /// <summary>
    /// Makes a sensor's attempt to send descriptors fail with EPERM (SO_PASSRIGHTS, since Linux 6.16). False on older kernels, where
    /// the kernel closes such descriptors when the host receives without room for them.
    /// </summary>
    public bool RefuseDescriptors()
    {
        int no = 0;

        // SAFETY: the option is an int, which lives on this stack.
        return sys_socket.setsockopt(this, sys_socket.SOL_SOCKET, sys_socket.SO_PASSRIGHTS, &no, sizeof(int)) == 0;
    }

    /// <summary>Takes over the sensor's end, whose number <see cref="Protocol.SocketVariable"/> holds, and makes it close-on-exec.</summary>
    /// <exception cref="SensorSocketException">The variable is missing, or does not name such a socket.</exception>
    public static SensorSocket FromEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(Protocol.SocketVariable);
        if (string.IsNullOrEmpty(text))
        {
            throw new SensorSocketException(
                $"{Protocol.SocketVariable} is not set: a sensor is started by a host, which hands it a socket. Start it through ringwall.");
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new SensorSocketException($"{Protocol.SocketVariable} is \"{text}\", which is not the number of a descriptor.");
        }

        return Adopt(number);
    }

    /// <summary>Takes ownership of an open descriptor and makes it close-on-exec.</summary>
    /// <exception cref="SensorSocketException">It is not a SOCK_SEQPACKET Unix socket; it is left open then.</exception>
    public static SensorSocket Adopt(int descriptor)
    {
        SensorSocket socket = new(descriptor);
        if (socket.Option(sys_socket.SO_DOMAIN) == sys_socket.AF_UNIX && socket.Option(sys_socket.SO_TYPE) == sys_socket.SOCK_SEQPACKET
            && libc_unistd.fcntl(socket, libc_unistd.F_SETFD, libc_unistd.FD_CLOEXEC) == 0)
        {
            return socket;
        }

        socket.SetHandleAsInvalid();    // not ours: somebody else's descriptor must not be closed
        throw new SensorSocketException($"Descriptor {descriptor} is not the socket of a host (SOCK_SEQPACKET, AF_UNIX).");
    }

    /// <summary>Sends one message, waiting for room when the other end's queue is full. Never <see cref="SendOutcome.Full"/> for that reason.</summary>
    public SendOutcome Send(ReadOnlySpan<byte> message) => Send(message, -1, 0);

    /// <summary>Sends one message and, unless it is negative, a descriptor with it (borrowed; its duplicate arrives). Never waits.</summary>
    public SendOutcome TrySend(ReadOnlySpan<byte> message, int descriptor = -1) => Send(message, descriptor, sys_socket.MSG_DONTWAIT);

    /// <summary>
    /// Receives one message, waiting for it. A descriptor that came along is close-on-exec and the caller's to dispose; more than one
    /// are closed. When the process is at its limit of descriptors the message comes without (MSG_CTRUNC).
    /// </summary>
    public ReceiveOutcome Receive(Span<byte> into, out int length, out PassedDescriptor descriptor) => Receive(into, 0, out length, out descriptor);

    /// <summary>As <see cref="Receive(Span{byte}, out int, out PassedDescriptor)"/>, but never waits.</summary>
    public ReceiveOutcome TryReceive(Span<byte> into, out int length, out PassedDescriptor descriptor) =>
        Receive(into, sys_socket.MSG_DONTWAIT, out length, out descriptor);

    /// <summary>For the host: receives one message, never waits, and lets the kernel close any descriptor that a sensor sends along.</summary>
    public ReceiveOutcome TryReceive(Span<byte> into, out int length)
    {
        fixed (byte* at = into)
        {
            while (true)
            {
                // SAFETY: at points to into.Length bytes that stay where they are until the call returns.
                // MSG_TRUNC makes the kernel return the message's real length, so that a longer one is noticed.
                nint received = sys_socket.recv(this, at, (nuint)into.Length, sys_socket.MSG_DONTWAIT | sys_socket.MSG_TRUNC);
                if (received >= 0)
                {
                    return Judge(received, into.Length, out length);
                }

                int error = Marshal.GetLastPInvokeError();
                if (error != libc_unistd.EINTR)
                {
                    length = 0;
                    return FromError(error);
                }
            }
        }
    }

    /// <summary>
    /// Waits until something can be received or the other end is closed. False: the time (milliseconds, -1 without end) ran out.
    /// A signal to this thread starts the time anew.
    /// </summary>
    public bool WaitReadable(int milliseconds)
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            pollfd watched = new() { fd = (int)handle, events = libc_unistd.POLLIN };
            int ready;
            do
            {
                // SAFETY: one pollfd, which lives on this stack.
                ready = libc_unistd.poll(&watched, 1, milliseconds);
            }
            while (ready < 0 && Marshal.GetLastPInvokeError() == libc_unistd.EINTR);

            return ready > 0;
        }
        finally
        {
            if (held)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>Ends the conversation for both ends, also for a thread of this process that waits in Receive. The handle stays open.</summary>
    public void Shutdown() => _ = sys_socket.shutdown(this, sys_socket.SHUT_RDWR);

    /// <summary>The socket's send buffer in bytes, as the kernel counts (SO_SNDBUF of socket(7): twice what was asked for). Bounds what can be on its way.</summary>
    public int SendBufferBytes
    {
        get => Option(sys_socket.SO_SNDBUF);
        set => _ = sys_socket.setsockopt(this, sys_socket.SOL_SOCKET, sys_socket.SO_SNDBUF, &value, sizeof(int));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => libc_unistd.close((int)handle) == 0;

    private static ReceiveOutcome Judge(nint received, int room, out int length)
    {
        length = received > room ? 0 : (int)received;
        return received == 0 ? ReceiveOutcome.Closed : received > room ? ReceiveOutcome.TooLong : ReceiveOutcome.Received;
    }

    private static ReceiveOutcome FromError(int error) => error switch
    {
        libc_unistd.EAGAIN => ReceiveOutcome.Nothing,
        libc_unistd.ECONNRESET or libc_unistd.ENOTCONN => ReceiveOutcome.Closed,
        _ => ReceiveOutcome.Refused,
    };

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()) + ".";

    private int Option(int name)
    {
        int value = -1;
        uint size = sizeof(int);

        // SAFETY: value and size live on this stack.
        return sys_socket.getsockopt(this, sys_socket.SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
    }

    private SendOutcome Send(ReadOnlySpan<byte> message, int descriptor, int flags)
    {
        fixed (byte* at = message)
        {
            iovec part = new() { iov_base = at, iov_len = (nuint)message.Length };
            msghdr head = new() { msg_iov = &part, msg_iovlen = 1 };
            ulong* control = stackalloc ulong[ControlBytes / sizeof(ulong)];
            if (descriptor >= 0)
            {
                control[ControlBytes / sizeof(ulong) - 1] = 0;      // the padding
                *(cmsghdr*)control = new cmsghdr { cmsg_len = OneDescriptorBytes, cmsg_level = sys_socket.SOL_SOCKET, cmsg_type = sys_socket.SCM_RIGHTS };
                *(int*)((byte*)control + sizeof(cmsghdr)) = descriptor;
                head.msg_control = control;
                head.msg_controllen = ControlBytes;
            }

            while (true)
            {
                // SAFETY: head points to part and control on this stack and to message, which is pinned; all outlive the call.
                if (sys_socket.sendmsg(this, &head, flags | sys_socket.MSG_NOSIGNAL) >= 0)
                {
                    return SendOutcome.Sent;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error != libc_unistd.EINTR)
                {
                    return error switch
                    {
                        libc_unistd.EAGAIN or libc_unistd.ENOBUFS or libc_unistd.ENOMEM => SendOutcome.Full,
                        libc_unistd.EPIPE or libc_unistd.ECONNRESET or libc_unistd.ENOTCONN => SendOutcome.Closed,
                        libc_unistd.EMSGSIZE => SendOutcome.TooLong,
                        libc_unistd.EBADF or libc_unistd.ETOOMANYREFS when descriptor >= 0 => SendOutcome.DescriptorRefused,
                        _ => SendOutcome.Refused,
                    };
                }
            }
        }
    }

    [SkipLocalsInit]
    private ReceiveOutcome Receive(Span<byte> into, int flags, out int length, out PassedDescriptor descriptor)
    {
        descriptor = default;
        fixed (byte* at = into)
        {
            iovec part = new() { iov_base = at, iov_len = (nuint)into.Length };
            ulong* control = stackalloc ulong[ControlBytes / sizeof(ulong)];
            while (true)
            {
                msghdr head = new() { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = OneDescriptorBytes };

                // SAFETY: head points to part and control on this stack and to into, which is pinned; all outlive the call.
                nint received = sys_socket.recvmsg(this, &head, flags | sys_socket.MSG_TRUNC | sys_socket.MSG_CMSG_CLOEXEC);
                if (received >= 0)
                {
                    if (head.msg_controllen >= OneDescriptorBytes)
                    {
                        cmsghdr* passed = (cmsghdr*)control;
                        if (passed->cmsg_level == sys_socket.SOL_SOCKET && passed->cmsg_type == sys_socket.SCM_RIGHTS)
                        {
                            descriptor = new PassedDescriptor(*(int*)((byte*)control + sizeof(cmsghdr)));
                        }
                    }

                    ReceiveOutcome outcome = Judge(received, into.Length, out length);
                    if (outcome != ReceiveOutcome.Received)
                    {
                        descriptor.Dispose();
                    }

                    return outcome;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error != libc_unistd.EINTR)
                {
                    length = 0;
                    return FromError(error);
                }
            }
        }
    }
}

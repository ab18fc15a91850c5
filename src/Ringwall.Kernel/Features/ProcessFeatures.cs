using System.Text;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Processes;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Features;

/// <summary>What can be known and held of processes and files here.</summary>
public static unsafe class ProcessFeatures
{
    /// <summary>Holding a process by descriptor. Since Linux 5.3.</summary>
    public static FeatureAnswer Pidfd()
    {
        try
        {
            if (Processes.Pidfd.TryOpen(Environment.ProcessId, out Pidfd? own))
            {
                own!.Dispose();
                return FeatureAnswer.Yes();
            }

            return FeatureAnswer.No("pidfd_open finds not even this process");
        }
        catch (KernelException refused)
        {
            return FeatureAnswer.Refused(refused);
        }
    }

    /// <summary>Process numbers that mean the same to the kernel's own programs and to us. pid_namespaces(7).</summary>
    public static FeatureAnswer InitialPidNamespace() => Namespaces.PidNamespace.IsInitial
        ? FeatureAnswer.Yes()
        : FeatureAnswer.No("this process is in a pid namespace of its own");

    /// <summary>Process events without BPF, by netlink. CONFIG_PROC_EVENTS; needs CAP_NET_ADMIN.</summary>
    public static FeatureAnswer ProcessConnector()
    {
        try
        {
            using Netlink.ProcessConnector connector = Netlink.ProcessConnector.Open();
            return FeatureAnswer.Yes();
        }
        catch (KernelException refused)
        {
            return FeatureAnswer.Refused(refused);
        }
    }

    /// <summary>Learning whether anybody has a file open for writing: a read lease. Needs CAP_LEASE for files of others. fcntl(2).</summary>
    public static FeatureAnswer Leases()
    {
        using SafeFileHandle own = sys_mman.memfd_create("ringwall-probe", sys_mman.MFD_CLOEXEC);
        if (own.IsInvalid)
        {
            return FeatureAnswer.Unknown($"memfd_create: {Errno.Last}");
        }

        // What memfd_create gives is not counted as a writer; what it is opened as again is. While that one is open a read lease must be
        // refused with EAGAIN; EINVAL means that there are no leases.
        using SafeFileHandle reader = Again(own, libc_fcntl.O_RDONLY);
        using SafeFileHandle writer = Again(own, libc_fcntl.O_RDWR);
        int result = libc_fcntl.fcntl((int)reader.DangerousGetHandle(), libc_fcntl.F_SETLEASE, libc_fcntl.F_RDLCK);
        Errno errno = Errno.Last;
        if (result == 0)
        {
            return FeatureAnswer.No("a read lease was given on a file that is open for writing");
        }

        return errno.Value == Errno.EAGAIN ? FeatureAnswer.Yes() : FeatureAnswer.Refused("fcntl(F_SETLEASE)", errno);
    }
    private static SafeFileHandle Again(SafeFileHandle file, int flags)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes($"/proc/self/fd/{file.DangerousGetHandle()}\0"))
        {
            return libc_fcntl.open(path, flags | libc_fcntl.O_CLOEXEC, 0);
        }
    }
}

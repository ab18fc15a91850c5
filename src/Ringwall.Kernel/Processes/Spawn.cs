using System.Runtime.InteropServices;
using System.Text;

using Microsoft.Win32.SafeHandles;

using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Processes;

// Owns:     the copies of the descriptors, until the child has started.
// Threads:  any. The caller is suspended until the child has executed its program (posix_spawn(3) is a vfork), so the thread
//           that answers the kernel never calls this. The child belongs to the calling *thread* where death signals are concerned
//           (prctl(2), PR_SET_PDEATHSIG), and starts in the namespaces that this thread's future children belong to.

/// <summary>
/// Starts programs, the only way that this project does: managed code must not fork, because most of its forked children hang.
/// </summary>
public static class Spawn
{
    // The C library's opaque types: 336 and 80 bytes in glibc 2.36 on x86-64. Room to grow.
    private const int OpaqueBytes = 1024;
    private const int SignalSetWords = 16;      // sigset_t: 1024 bits

    /// <exception cref="KernelException">The program could not be started.</exception>
    public static unsafe ChildProcess Start(SpawnRequest request)
    {
        void* actions = NativeMemory.AllocZeroed(OpaqueBytes);
        void* attributes = NativeMemory.AllocZeroed(OpaqueBytes);
        List<SafeFileHandle> copies = [];
        byte* path = null;
        byte** arguments = null;
        byte** environment = null;

        // SAFETY: both opaque blocks are larger than the types they stand for and live until destroyed below; every string and
        // vector is null-terminated and freed only after posix_spawn has returned, when the child no longer needs them.
        try
        {
            Require("posix_spawn_file_actions_init", libc_spawn.posix_spawn_file_actions_init(actions));
            Require("posix_spawnattr_init", libc_spawn.posix_spawnattr_init(attributes));
            SetAttributes(attributes, request.Group);
            SetDescriptors(actions, request.Descriptors, copies);

            path = NativeStrings.One(request.Path);
            arguments = NativeStrings.Vector(request.Arguments);
            environment = NativeStrings.Vector(request.Environment);
            int pid;
            int error = request.OwnPidNamespace
                ? SpawnIntoNamespace(&pid, path, actions, attributes, arguments, environment)
                : libc_spawn.posix_spawn(&pid, path, actions, attributes, arguments, environment);
            if (error != 0)
            {
                throw new KernelException($"posix_spawn({request.Path})", new Errno(error));
            }

            return Adopt(pid);
        }
        finally
        {
            foreach (SafeFileHandle copy in copies)
            {
                copy.Dispose();
            }

            _ = libc_spawn.posix_spawn_file_actions_destroy(actions);
            _ = libc_spawn.posix_spawnattr_destroy(attributes);
            NativeMemory.Free(actions);
            NativeMemory.Free(attributes);
            NativeMemory.Free(path);
            NativeStrings.Free(arguments);
            NativeStrings.Free(environment);
        }
    }

    // While this thread's children belong to another pid namespace, the kernel lets it make no thread (EINVAL), and the runtime makes
    // threads wherever it finds itself: to compile, to collect. So the way there and back is three calls with nothing between them, made
    // once without effect beforehand, because their first use compiles code. unshare(2), setns(2), clone(2).
    private static unsafe int SpawnIntoNamespace(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment)
    {
        using SafeFileHandle own = File.OpenHandle("/proc/self/ns/pid", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        int home = (int)own.DangerousGetHandle();
        byte nowhere = 0;
        if (linux_sched.unshare(0) != 0 || linux_sched.setns(home, linux_sched.CLONE_NEWPID) != 0)
        {
            KernelException.Throw("setns(own pid namespace)", "It needs CAP_SYS_ADMIN.");
        }

        _ = libc_spawn.posix_spawn(pid, &nowhere, null, null, arguments, environment);
        if (linux_sched.unshare(linux_sched.CLONE_NEWPID) != 0)
        {
            KernelException.Throw("unshare(CLONE_NEWPID)", "It needs CAP_SYS_ADMIN, and pid namespaces in the kernel.");
        }

        int error = libc_spawn.posix_spawn(pid, path, actions, attributes, arguments, environment);
        if (linux_sched.setns(home, linux_sched.CLONE_NEWPID) != 0)
        {
            Environment.FailFast("setns: a thread cannot return to its own pid namespace.");
        }

        return error;
    }

    // The number is ours until we reap the child, so opening it afterwards cannot meet another process.
    private static ChildProcess Adopt(int pid)
    {
        try
        {
            return Pidfd.TryOpen(pid, out Pidfd? pidfd)
                ? new ChildProcess(pidfd!)
                : throw new KernelException($"pidfd_open({pid})", new Errno(Errno.ESRCH), "The child was reaped by somebody else.");
        }
        catch (KernelException)
        {
            // Without a handle nobody could end it, and a child that nobody holds is worse than none.
            if (libc_signal.kill(pid, Signals.Kill) == 0)
            {
                ReapNow(pid);
            }

            throw;
        }
    }

    private static unsafe void ReapNow(int pid)
    {
        siginfo_child ended;

        // SAFETY: waitid fills one siginfo_t, which siginfo_child is in size and layout (ABI test).
        while (sys_wait.waitid(sys_wait.P_PID, (uint)pid, &ended, sys_wait.WEXITED) != 0 && Errno.Last.Value == Errno.EINTR)
        {
        }
    }

    private static unsafe void SetAttributes(void* attributes, SpawnGroup group)
    {
        short flags = libc_spawn.POSIX_SPAWN_SETSIGDEF | libc_spawn.POSIX_SPAWN_SETSIGMASK;
        if (group == SpawnGroup.OwnSession)
        {
            flags |= libc_spawn.POSIX_SPAWN_SETSID;
        }
        else if (group == SpawnGroup.OwnGroup)
        {
            flags |= libc_spawn.POSIX_SPAWN_SETPGROUP;
            Require("posix_spawnattr_setpgroup", libc_spawn.posix_spawnattr_setpgroup(attributes, 0));
        }

        // The runtime ignores SIGPIPE and blocks others at times; a child starts with every default and nothing blocked.
        ulong* signals = stackalloc ulong[SignalSetWords];
        new Span<ulong>(signals, SignalSetWords).Clear();
        Require("posix_spawnattr_setsigmask", libc_spawn.posix_spawnattr_setsigmask(attributes, signals));
        new Span<ulong>(signals, SignalSetWords).Fill(ulong.MaxValue);
        Require("posix_spawnattr_setsigdefault", libc_spawn.posix_spawnattr_setsigdefault(attributes, signals));
        Require("posix_spawnattr_setflags", libc_spawn.posix_spawnattr_setflags(attributes, flags));
    }

    private static unsafe void SetDescriptors(void* actions, IReadOnlyDictionary<int, SafeHandle> wanted, List<SafeFileHandle> copies)
    {
        int end = wanted.Count == 0 ? 0 : wanted.Keys.Max() + 1;
        for (int number = 0; number < end; number++)
        {
            if (!wanted.TryGetValue(number, out SafeHandle? handle))
            {
                Require("posix_spawn_file_actions_addclose", libc_spawn.posix_spawn_file_actions_addclose(actions, number));
                continue;
            }

            // A copy above every wanted number: whatever the order, no dup2 overwrites a source that is still needed.
            SafeFileHandle copy = CopyAbove(handle, end);
            copies.Add(copy);
            Require(
                "posix_spawn_file_actions_adddup2",
                libc_spawn.posix_spawn_file_actions_adddup2(actions, (int)copy.DangerousGetHandle(), number));
        }

        Require("posix_spawn_file_actions_addclosefrom_np", libc_spawn.posix_spawn_file_actions_addclosefrom_np(actions, end));
    }

    private static SafeFileHandle CopyAbove(SafeHandle handle, int lowest)
    {
        bool held = false;
        handle.DangerousAddRef(ref held);
        try
        {
            int copy = libc_fcntl.fcntl((int)handle.DangerousGetHandle(), libc_fcntl.F_DUPFD_CLOEXEC, lowest);
            return copy >= 0
                ? new SafeFileHandle(copy, ownsHandle: true)
                : throw new KernelException("fcntl(F_DUPFD_CLOEXEC)", Errno.Last, "The descriptor limit may be reached (ulimit -n).");
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static void Require(string call, int error)
    {
        if (error != 0)
        {
            throw new KernelException(call, new Errno(error));
        }
    }
}

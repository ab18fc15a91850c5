using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_landlock;

namespace Ringwall.Kernel.Landlock;

/// <summary>
/// What a sensor may do with paths, as Landlock sees it: a second fence behind the read-only view, and the only one that also holds
/// against re-opening a descriptor that was handed in. landlock(7).
/// </summary>
public sealed unsafe class LandlockRules : IDisposable
{
    private readonly SafeFileHandle _ruleset;
    private readonly ulong _handled;

    private LandlockRules(SafeFileHandle ruleset, ulong handled)
    {
        _ruleset = ruleset;
        _handled = handled;
    }

    /// <summary>The version of the interface that this kernel has; 0 without Landlock.</summary>
    public static int Version
    {
        get
        {
            nint version = libc_syscall.syscall(SYS_landlock_create_ruleset, 0, 0, (nint)LANDLOCK_CREATE_RULESET_VERSION);
            return version < 0 ? 0 : (int)version;
        }
    }

    /// <summary>A ruleset that handles all that this kernel knows, so everything is refused until it is allowed.</summary>
    public static LandlockRules Create(int version)
    {
        // Version 1 knows everything up to and with the making of symbolic links.
        ulong files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
        files |= version >= 2 ? FS_REFER : 0;
        files |= version >= 3 ? FS_TRUNCATE : 0;
        files |= version >= 5 ? FS_IOCTL_DEV : 0;
        landlock_ruleset attributes = new()
        {
            handled_access_fs = files,
            handled_access_net = version >= 4 ? NET_TCP : 0,
            scoped = version >= 6 ? SCOPE_SOCKET_AND_SIGNAL : 0,
        };
        nint fd = libc_syscall.syscall(SYS_landlock_create_ruleset, (nint)(&attributes), sizeof(landlock_ruleset), 0);
        if (fd < 0)
        {
            KernelException.Throw("landlock_create_ruleset");
        }

        return new LandlockRules(new SafeFileHandle(fd, ownsHandle: true), files);
    }

    /// <summary>Allows access to all that lies beneath a directory, or to one file.</summary>
    public void Allow(string path, LandlockAccess access)
    {
        using SafeFileHandle place = Paths.OpenPlace(path);
        landlock_path_beneath rule = new() { allowed_access = (ulong)access & _handled, parent_fd = (int)place.DangerousGetHandle() };
        if (libc_syscall.syscall(
            SYS_landlock_add_rule, _ruleset.DangerousGetHandle(), LANDLOCK_RULE_PATH_BENEATH, (nint)(&rule), 0) != 0)
        {
            KernelException.Throw($"landlock_add_rule({path})");
        }
    }

    /// <summary>Binds the calling thread and all that it will start. no_new_privs must be set.</summary>
    public void Restrict()
    {
        if (libc_syscall.syscall(SYS_landlock_restrict_self, _ruleset.DangerousGetHandle(), 0) != 0)
        {
            KernelException.Throw("landlock_restrict_self");
        }
    }

    public void Dispose() => _ruleset.Dispose();
}

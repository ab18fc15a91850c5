using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_fanotify;

namespace Ringwall.Kernel.Features;

/// <summary>What fanotify(7) can do here. Marks only a file in memory that nobody else can reach.</summary>
public static unsafe class FanotifyFeatures
{
    /// <summary>Asking before a file is opened or executed. Since Linux 5.0, CONFIG_FANOTIFY_ACCESS_PERMISSIONS.</summary>
    public static FeatureAnswer PermissionEvents() => MarkOwnFile(FAN_CLASS_CONTENT, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM);

    /// <summary>Silencing a file in the kernel without keeping it in memory. Since Linux 5.19.</summary>
    public static FeatureAnswer EvictableMarks() =>
        MarkOwnFile(FAN_CLASS_CONTENT, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_EVICTABLE, FAN_OPEN_PERM);

    /// <summary>Events that name directory and file. Since Linux 5.9.</summary>
    public static FeatureAnswer NamesOfFiles()
    {
        using SafeFileHandle group = fanotify_init(FAN_CLOEXEC | FAN_CLASS_NOTIF | FAN_REPORT_DFID_NAME, 0);
        return group.IsInvalid ? FeatureAnswer.Refused("fanotify_init(FAN_REPORT_DFID_NAME)", Errno.Last) : FeatureAnswer.Yes();
    }

    private static FeatureAnswer MarkOwnFile(uint @class, uint flags, ulong mask)
    {
        using SafeFileHandle group = fanotify_init(FAN_CLOEXEC | @class, 0);
        if (group.IsInvalid)
        {
            return FeatureAnswer.Refused("fanotify_init", Errno.Last);
        }

        using SafeFileHandle own = sys_mman.memfd_create("ringwall-probe", sys_mman.MFD_CLOEXEC);
        if (own.IsInvalid)
        {
            return FeatureAnswer.Unknown($"memfd_create: {Errno.Last}");
        }

        return fanotify_mark((int)group.DangerousGetHandle(), flags, mask, (int)own.DangerousGetHandle(), null) == 0
            ? FeatureAnswer.Yes()
            : FeatureAnswer.Refused("fanotify_mark", Errno.Last);
    }
}

using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Landlock;
using Ringwall.Kernel.Namespaces;

namespace Ringwall.Kernel.Features;

/// <summary>What a sensor can be shut in with here.</summary>
public static class SandboxFeatures
{
    /// <summary>Landlock, and the version of its interface. Since Linux 5.13.</summary>
    public static FeatureAnswer Landlock() => LandlockRules.Version switch
    {
        0 => FeatureAnswer.No("the kernel was built or started without Landlock"),
        int version => FeatureAnswer.Yes($"version {version} of its interface"),
    };

    /// <summary>Filters of system calls. seccomp(2), SECCOMP_GET_ACTION_AVAIL would be newer than what is needed.</summary>
    public static FeatureAnswer Seccomp()
    {
        // Asking for filter mode with no filter: EFAULT when there is such a mode, EINVAL when there is not.
        const int efault = 14;
        return sys_prctl.prctl(sys_prctl.PR_SET_SECCOMP, linux_seccomp.SECCOMP_MODE_FILTER, 0, 0, 0) == 0
            ? FeatureAnswer.No("a filter that is none was accepted")
            : Errno.Last.Value == efault ? FeatureAnswer.Yes() : FeatureAnswer.Refused("prctl(PR_SET_SECCOMP)", Errno.Last);
    }

    /// <summary>
    /// Mount, network, IPC and host name namespaces of its own, made by a thread that ends at once. A process namespace is entered by being born into it, so that one is only
    /// looked for.
    /// </summary>
    public static FeatureAnswer Namespaces()
    {
        if (!Path.Exists("/proc/self/ns/pid"))
        {
            return FeatureAnswer.No("the kernel was built without process namespaces");
        }

        FeatureAnswer answer = FeatureAnswer.Unknown("not tried");
        Thread thread = new(() =>
        {
            try
            {
                Unshare.Into(NamespaceKinds.Mount | NamespaceKinds.Network | NamespaceKinds.Ipc | NamespaceKinds.HostName);
                answer = FeatureAnswer.Yes("mount, process, network, IPC, host name");
            }
            catch (KernelException refused)
            {
                answer = FeatureAnswer.Refused(refused);
            }
        });
        thread.Start();
        thread.Join();
        return answer;
    }

    /// <summary>The controllers that can bound memory, processes and processor time for new groups of this process, and where.</summary>
    public static FeatureAnswer ControlGroups()
    {
        CgroupPlaces places = CgroupPlaces.Find();
        List<string> seen = [];
        List<string> missing = [];
        foreach (Controller wanted in (Controller[])[Controller.Memory, Controller.Tasks, Controller.Cpu])
        {
            if (places.TryGet(wanted, out ControllerPlace? place))
            {
                seen.Add($"{wanted}: version {(place.IsUnified ? 2 : 1)} at {place.Directory}");
            }
            else
            {
                missing.Add($"{wanted}");
            }
        }

        places.SwitchBack();
        return missing.Count == 0
            ? FeatureAnswer.Yes(string.Join("; ", seen))
            : FeatureAnswer.No(string.Join("; ", seen.Prepend($"no group that can be made here bounds: {string.Join(", ", missing)}")));
    }
}

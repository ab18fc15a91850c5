using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Landlock;
using Ringwall.Kernel.Namespaces;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;
using Ringwall.Kernel.Seccomp;

namespace Ringwall.Launcher;

// Threads:  the main thread alone does all of this, and execve makes it the only one. Rights, namespaces and filters belong to a thread;
//           those of the runtime's other threads end with them.
// Ordering: what needs rights comes before they are dropped; the death signal after the change of user, which clears it; the filter last.

/// <summary>Step by step from a root process of ours to a sensor that can do nothing but think.</summary>
internal sealed class Launch(LaunchOptions options)
{
    private const int Hold = 0;
    private const int FirstOfOurs = 4;

    /// <summary>The step that is being taken, for the report when it fails.</summary>
    public string Step { get; private set; } = "wait for the host's go";

    /// <summary>Returns only by throwing, or when the host is gone.</summary>
    public void Run()
    {
        using SafeFileHandle hold = Inherited.Borrow(Hold);
        if (!HostSaysGo(hold))
        {
            return;
        }

        Step = "prepare";
        using SafeFileHandle nothing = Inherited.DevNull();
        Replacement sensor = new(options.Program[0], options.Program, options.Environment);
        SensorFilter filter = SensorFilter.Prepare();

        // More likely to be taken by the out-of-memory killer than anything of the machine's own.
        File.WriteAllText("/proc/self/oom_score_adj", "500");

        Step = "leave the machine's namespaces";
        Unshare.Into(NamespaceKinds.Mount | NamespaceKinds.Network | NamespaceKinds.Ipc | NamespaceKinds.HostName | NamespaceKinds.Cgroup);
        Unshare.SetHostName(options.HostName);

        Step = "build the view";
        NewFiles.AreReadableByAll();
        RootView view = new(options);
        view.Build();
        using LandlockRules? rules = view.Rules();

        Step = "enter the view";
        view.Enter();

        Step = "set limits";
        foreach ((LimitKind kind, ulong value) in options.Limits)
        {
            ProcessLimits.Set(kind, value);
        }

        Step = "give up rights";
        Privileges.StartSession();
        Privileges.DropBounding();
        Privileges.BecomeUser(options.User, options.Group);
        Privileges.DropAll();
        Privileges.ForbidNew();
        Privileges.DieWithParent();
        if (HostIsGone(hold))
        {
            return;
        }

        Replacement.Place(nothing, Hold);
        rules?.Restrict();
        Replacement.CloseOnExecutionFrom(FirstOfOurs);

        Step = "install the system call filter";
        filter.Install();

        Step = "execute the sensor";
        sensor.Become();
    }

    // The host first puts us into our group of limits and learns our number, so that nothing of ours runs unlimited or unknown.
    private static bool HostSaysGo(SafeFileHandle hold)
    {
        Span<byte> one = stackalloc byte[1];
        return ByteChannel.Read(hold, one) == 1;
    }

    // The host keeps its end open until we have become the sensor. It could have died before the death signal was asked for.
    private static bool HostIsGone(SafeFileHandle hold) => Poll.Readable([hold], milliseconds: 0) != 0;
}

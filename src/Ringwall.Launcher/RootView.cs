using System.Globalization;
using Ringwall.Kernel.Landlock;
using Ringwall.Kernel.Namespaces;

namespace Ringwall.Launcher;

// Ordering: Build, then Rules (they name places by descriptor, so they must be made while the machine's files are still in sight, on
//           the finished view), then Enter. After Enter this program can open none of its own files any more, so everything that is
//           still to be called has been prepared.

/// <summary>The sensor's whole file system: an empty read-only tmpfs, in which the few things that it gets are shown, and its scratch folder.</summary>
internal sealed class RootView(LaunchOptions options)
{
    public void Build()
    {
        MountPoint.MakeAllPrivate();
        MountPoint.Tmpfs(options.Root, "mode=0755,size=1m,nr_inodes=1k");
        foreach ((string target, string text) in options.Links)
        {
            MakeParent(target);
            File.CreateSymbolicLink(Inside(target), text);
        }

        foreach (View view in options.Views)
        {
            Show(view);
        }

        foreach ((string target, string text) in options.Files)
        {
            MakeParent(target);
            File.WriteAllText(Inside(target), text);
        }

        ShowOwnMaps();
        MakeScratch();
    }

    /// <summary>The second fence. Null on a kernel without Landlock.</summary>
    public LandlockRules? Rules()
    {
        int version = LandlockRules.Version;
        if (version == 0)
        {
            return null;
        }

        LandlockRules rules = LandlockRules.Create(version);
        rules.Allow(options.Root, LandlockAccess.Read | LandlockAccess.List);
        foreach (View view in options.Views)
        {
            bool folder = Directory.Exists(view.Source);
            LandlockAccess access = LandlockAccess.Read | (folder ? LandlockAccess.List : LandlockAccess.None);
            access |= view.Kind switch
            {
                ViewKind.Programs => LandlockAccess.Execute,
                ViewKind.Device => LandlockAccess.Write,
                _ => LandlockAccess.None,
            };
            rules.Allow(Inside(view.Target), access);
        }

        if (options.Scratch is { } scratch)
        {
            rules.Allow(Inside(scratch.Target), LandlockAccess.Read | LandlockAccess.List | LandlockAccess.Change);
        }

        return rules;
    }

    public void Enter()
    {
        Directory.SetCurrentDirectory(options.Root);
        MountPoint.PivotIntoWorkingDirectory();
        MountPoint.MakeReadOnly("/", MountDenials.Devices | MountDenials.Execution);
    }

    private void Show(View view)
    {
        MakeParent(view.Target);
        if (Directory.Exists(view.Source))
        {
            Directory.CreateDirectory(Inside(view.Target));
        }
        else
        {
            File.WriteAllBytes(Inside(view.Target), []);
        }

        MountPoint.BindReadOnly(view.Source, Inside(view.Target), view.Kind switch
        {
            ViewKind.Programs => MountDenials.Devices,
            ViewKind.Device => MountDenials.Execution,
            _ => MountDenials.Devices | MountDenials.Execution,
        });
    }

    // The .NET runtime does not start without its own /proc/self/maps: the C library reads from there where the first stack lies
    // (pthread_getattr_np(3)). All of /proc would let a sensor re-open what it was handed (/proc/self/fd), so it gets this one file of
    // its own process, which is number 1 of its pid namespace before and after execve, and /proc/self as a plain link.
    private void ShowOwnMaps()
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string all = Inside("/.proc");
        Directory.CreateDirectory(all);
        Directory.CreateDirectory(Inside($"/proc/{own}"));
        File.WriteAllBytes(Inside($"/proc/{own}/maps"), []);
        File.CreateSymbolicLink(Inside($"/proc/{own}/exe"), options.Program[0]);
        File.CreateSymbolicLink(Inside("/proc/self"), own);
        MountPoint.Proc(all);
        MountPoint.BindReadOnly($"{all}/{own}/maps", Inside($"/proc/{own}/maps"), MountDenials.Devices | MountDenials.Execution);
        MountPoint.Detach(all);
        Directory.Delete(all);
    }

    // A mount of its own, so the view around it stays read-only; it goes with the last process of the sandbox.
    private void MakeScratch()
    {
        if (options.Scratch is not { } scratch)
        {
            return;
        }

        string place = Inside(scratch.Target);
        Directory.CreateDirectory(place);
        if (scratch.Source is { } source)
        {
            MountPoint.BindScratch(source, place);
        }
        else
        {
            MountPoint.Scratch(place, options.User, scratch.Bytes, scratch.Inodes);
        }
    }

    private void MakeParent(string target) => Directory.CreateDirectory(Path.GetDirectoryName(Inside(target))!);

    private string Inside(string target) => options.Root + target;
}

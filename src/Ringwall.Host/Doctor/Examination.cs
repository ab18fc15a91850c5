using Ringwall.Kernel.Features;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Doctor;

/// <summary>Tries every kernel feature that Ringwall can use, and says what it does without those that are not there.</summary>
internal static class Examination
{
    private const string AsRoot = "run it as root, outside a container that takes rights away";

    /// <summary>May take a second: BPF programs are loaded and attached for a moment.</summary>
    public static DoctorReport Run(string version)
    {
        List<FeatureReport> features =
        [
            Report("rights", "speaking to the kernel", Rights.All(), needed: true, null, AsRoot),
            Report(
                "fanotify permission events", "asking before a file is opened or executed", FanotifyFeatures.PermissionEvents(), needed: true, null,
                "a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS, as those of Debian and Ubuntu are"),
            Report(
                "fanotify evictable marks", "remembering verdicts in the kernel", FanotifyFeatures.EvictableMarks(), needed: false,
                "verdicts are remembered in the host alone, some 3 µs an open", "Linux 5.19 or newer"),
            Report("file leases", "knowing whether a file has a writer", ProcessFeatures.Leases(), needed: false, "no verdict is remembered", AsRoot),
            Report(
                "fanotify names", "file events with directory and name", FanotifyFeatures.NamesOfFiles(), needed: false,
                "no file events", "Linux 5.9 or newer"),
            Report(
                "initial pid namespace", "process numbers that mean the same to the kernel", ProcessFeatures.InitialPidNamespace(), needed: false,
                "no process and network events, and no names of those who ask", "start the host outside of a container (docker: --pid=host)"),
            Report("BPF type information", "programs that fit this kernel", BpfFeatures.TypeInformation(), needed: false,
                "the process connector", "a kernel with CONFIG_DEBUG_INFO_BTF"),
            Report("libbpf", "loading BPF programs", SharedLibraries.AnyOf("libbpf.so.1"), needed: false, "the process connector", "apt install libbpf1"),
            Report(
                "BPF process programs", "process events with an exact count of loss", BpfFeatures.ProcessPrograms(), needed: false,
                "the process connector and /proc, without an exact count of loss", "Linux 5.12 or newer, libbpf, and the rights above"),
            Report(
                "process connector", "process events where BPF cannot be had", ProcessFeatures.ProcessConnector(), needed: false,
                "BPF alone", "a kernel with CONFIG_PROC_EVENTS"),
            Report(
                "BPF connect programs", "events of outgoing connections", BpfFeatures.ConnectPrograms(), needed: false,
                "no network events", "control groups of version 2, mounted somewhere"),
            Report("BPF security hooks", "not used yet", BpfFeatures.SecurityHooks(), needed: false, "fanotify", "lsm=…,bpf on the kernel's command line"),
            Report("BPF function entry", "not used yet", BpfFeatures.FunctionEntry(), needed: false, "BPF tracepoints", null),
            Report("pidfd", "naming processes that cannot be mistaken", ProcessFeatures.Pidfd(), needed: true, null, "Linux 5.3 or newer"),
            Report("seccomp", "the sensors' list of allowed system calls", SandboxFeatures.Seccomp(), needed: true, null, "a kernel with CONFIG_SECCOMP_FILTER"),
            Report("namespaces", "sensors that see nothing of the machine", SandboxFeatures.Namespaces(), needed: true, null, AsRoot),
            Report(
                "Landlock", "a second fence around a sensor's files", SandboxFeatures.Landlock(), needed: false,
                "the read-only view of its mount namespace alone", "Linux 5.13 or newer, lsm=…,landlock on the kernel's command line"),
            Report(
                "control groups", "bounds on a sensor's memory, processes and processor time", SandboxFeatures.ControlGroups(), needed: false,
                "limits per process: a sensor of many processes may use as many times as much", "mount them, or give this container its part of them"),
            Report("libyara", "the YARA sensor", SharedLibraries.AnyOf("libyara.so.9", "libyara.so.10"), needed: false, "the YARA sensor does not start", "apt install libyara9 (or libyara10)"),
        ];
        return new DoctorReport
        {
            Kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            Version = version,
            CanGuard = features.TrueForAll(feature => !feature.Needed || feature.Available == "yes"),
            Features = features,
        };
    }

    private static FeatureReport Report(string name, string use, FeatureAnswer answer, bool needed, string? instead, string? remedy)
    {
        bool there = answer.Has == true;
        return new FeatureReport
        {
            Name = name,
            For = use,
            Available = answer.Has switch { true => "yes", false => "no", null => "unknown" },
            Needed = needed,
            Seen = answer.Seen,
            Instead = there ? null : instead,
            Remedy = there ? null : answer.Has is null ? AsRoot : remedy,
        };
    }
}

using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Mounts;
using static Ringwall.Kernel.Abi.linux_bpf;

namespace Ringwall.Kernel.Features;

/// <summary>What BPF can do here. Programs are loaded and attached for a moment: our own, and ones that do nothing.</summary>
public static unsafe class BpfFeatures
{
    private const int SmallRing = 64 * 1024;

    /// <summary>The kernel's description of its own types, without which no program of ours fits it.</summary>
    public static FeatureAnswer TypeInformation() => File.Exists("/sys/kernel/btf/vmlinux")
        ? FeatureAnswer.Yes("/sys/kernel/btf/vmlinux")
        : FeatureAnswer.No("/sys/kernel/btf/vmlinux is missing");

    /// <summary>Our programs at the tracepoints of processes, with a ring buffer. Since Linux 5.8.</summary>
    public static FeatureAnswer ProcessPrograms() => Try(() =>
    {
        using TellPrograms programs = TellPrograms.Load(SmallRing, connections: false);
        programs.AttachProcesses();
        return FeatureAnswer.Yes();
    });

    /// <summary>Our programs at connect(2) of every process, by the topmost control group of version 2.</summary>
    public static FeatureAnswer ConnectPrograms() => Try(() =>
    {
        if (!CgroupTree.TryOpenRoot(MountTable.Read(), out SafeFileHandle? root, out string? reason))
        {
            return FeatureAnswer.No(reason);
        }

        using (root)
        using (TellPrograms programs = TellPrograms.Load(SmallRing, connections: true))
        {
            programs.AttachConnections(root);
            return FeatureAnswer.Yes();
        }
    });

    /// <summary>Programs that decide at the hooks of security modules. Since Linux 5.7, and only where bpf is among the active modules.</summary>
    public static FeatureAnswer SecurityHooks()
    {
        FeatureAnswer loaded = Try(() => LoadNothing(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open"));
        const string list = "/sys/kernel/security/lsm";
        if (loaded.Has != true || !File.Exists(list))
        {
            return loaded;
        }

        string modules = File.ReadAllText(list).Trim();
        return modules.Split(',').Contains("bpf") ? FeatureAnswer.Yes(modules) : FeatureAnswer.No($"bpf is not among the active security modules: {modules}");
    }

    /// <summary>Programs at the entry of kernel functions. Since Linux 5.5, on x86-64 and newer arm64.</summary>
    public static FeatureAnswer FunctionEntry() => Try(() => LoadNothing(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1"));

    private static FeatureAnswer LoadNothing(int type, int attachType, string target)
    {
        LibbpfMessages.Begin();
        int id = bpf_libbpf.libbpf_find_vmlinux_btf_id(target, attachType);
        _ = LibbpfMessages.End();
        if (id < 0)
        {
            return FeatureAnswer.No($"the kernel describes no {target}");
        }

        // linux/bpf.h: r0 = 0 (BPF_ALU64 | BPF_MOV | BPF_K), exit (BPF_JMP | BPF_EXIT).
        ulong* instructions = stackalloc ulong[] { 0xb7, 0x95 };
        bpf_prog_load_opts options = new() { sz = (nuint)sizeof(bpf_prog_load_opts), expected_attach_type = attachType, attach_btf_id = (uint)id };
        // SAFETY: two instructions and the options live on this stack for the call; libbpf copies what it keeps.
        int program = bpf_bpf.bpf_prog_load(type, "ringwall_probe", "GPL", instructions, 2, &options);
        if (program < 0)
        {
            return FeatureAnswer.Refused("bpf(BPF_PROG_LOAD)", new Errno(-program));
        }

        using SafeFileHandle owned = new(program, ownsHandle: true);
        int link = bpf_bpf.bpf_raw_tracepoint_open(null, program);
        if (link < 0)
        {
            return FeatureAnswer.Refused($"attaching to {target}", new Errno(-link));
        }

        new SafeFileHandle(link, ownsHandle: true).Dispose();
        return FeatureAnswer.Yes();
    }

    private static FeatureAnswer Try(Func<FeatureAnswer> attempt)
    {
        try
        {
            return attempt();
        }
        catch (KernelException refused)
        {
            return FeatureAnswer.Refused(refused);
        }
        catch (DllNotFoundException)
        {
            return FeatureAnswer.No("libbpf.so.1 is not installed");
        }
        catch (EntryPointNotFoundException old)
        {
            return FeatureAnswer.No($"libbpf is too old: {old.Message}");
        }
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.bpf_libbpf;

namespace Ringwall.Kernel.Bpf;

/// <summary>One compiled file of BPF programs and maps: opened, loaded into the kernel, closed.</summary>
internal sealed unsafe class BpfObject : SafeHandle
{
    private BpfObject(nint obj)
        : base(0, ownsHandle: true) => SetHandle(obj);

    public override bool IsInvalid => handle == 0;

    /// <exception cref="KernelException">libbpf is not installed, or cannot read the file.</exception>
    public static BpfObject Open(ReadOnlySpan<byte> file)
    {
        try
        {
            LibbpfMessages.Begin();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new KernelException("dlopen(libbpf.so.1)", new Errno(Errno.ENOENT), "Install libbpf 1 (Debian and Ubuntu: apt install libbpf1).");
        }

        // SAFETY: libbpf copies what it keeps of the bytes while it opens them (bpf_object__open_mem).
        fixed (byte* bytes = file)
        {
            nint obj = bpf_object__open_mem(bytes, (nuint)file.Length, null);
            Errno errno = Errno.Last;
            string said = LibbpfMessages.End();
            return obj != 0 ? new BpfObject(obj) : throw new KernelException("bpf_object__open_mem", errno, said);
        }
    }

    /// <summary>Opens what was compiled from one of the sources beside this file, as "tells.bpf.o".</summary>
    public static BpfObject OpenBuiltIn(string name)
    {
        using Stream stream = typeof(BpfObject).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} was not built into this program.");
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return Open(file);
    }

    public static int PossibleCpus() => libbpf_num_possible_cpus();

    public void SetMaxEntries(string map, uint entries) =>
        Check($"bpf_map__set_max_entries({map})", bpf_map__set_max_entries(Map(map), entries));

    public void LeaveOut(string program) =>
        Check($"bpf_program__set_autoload({program})", bpf_program__set_autoload(Program(program), autoload: 0));

    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Load()
    {
        LibbpfMessages.Begin();
        int result = bpf_object__load(handle);
        Check("bpf_object__load", result, LibbpfMessages.End());
    }

    /// <summary>A descriptor of the map that lives as long as this object and is not to be closed.</summary>
    public SafeFileHandle MapDescriptor(string map)
    {
        int fd = bpf_map__fd(Map(map));
        Check($"bpf_map__fd({map})", fd);
        return new SafeFileHandle(fd, ownsHandle: false);
    }

    /// <summary>Writes one entry of a loaded map whose key is a u32.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Write<T>(string map, uint key, T value)
        where T : unmanaged =>
        Check($"bpf_map_update_elem({map})", bpf_bpf.bpf_map_update_elem(bpf_map__fd(Map(map)), &key, &value, 0));

    /// <summary>Reads one entry of a loaded map whose key is a u32; the default when there is none.</summary>
    public T Read<T>(string map, uint key)
        where T : unmanaged
    {
        T value = default;
        _ = bpf_bpf.bpf_map_lookup_elem(bpf_map__fd(Map(map)), &key, &value);
        return value;
    }

    /// <summary>How often the kernel did not run a loaded program because it was running on that CPU already. 0 before Linux 5.12.</summary>
    public ulong Misses(string program)
    {
        bpf_prog_info info = default;
        uint size = (uint)sizeof(bpf_prog_info);

        // SAFETY: the kernel writes no more than the size that it is told. A refusal leaves zeros: what cannot be learned is not claimed.
        _ = bpf_bpf.bpf_obj_get_info_by_fd(bpf_program__fd(Program(program)), &info, &size);
        return info.recursion_misses;
    }

    public BpfLink Attach(string program)
    {
        LibbpfMessages.Begin();
        nint link = bpf_program__attach(Program(program));
        return Linked($"bpf_program__attach({program})", link, Errno.Last);
    }

    public BpfLink AttachToCgroup(string program, SafeFileHandle cgroup)
    {
        LibbpfMessages.Begin();
        nint link = bpf_program__attach_cgroup(Program(program), (int)cgroup.DangerousGetHandle());
        return Linked($"bpf_program__attach_cgroup({program})", link, Errno.Last);
    }

    protected override bool ReleaseHandle()
    {
        bpf_object__close(handle);
        return true;
    }

    private static BpfLink Linked(string call, nint link, Errno errno)
    {
        string said = LibbpfMessages.End();
        return link != 0 ? new BpfLink(link) : throw new KernelException(call, errno, Hint(errno, said));
    }

    private static void Check(string call, int result, string said = "")
    {
        if (result < 0)
        {
            Errno errno = new(-result);
            throw new KernelException(call, errno, Hint(errno, said));
        }
    }

    private static string? Hint(Errno errno, string said)
    {
        string? remedy = errno.Value switch
        {
            Errno.EPERM or Errno.EACCES => "Needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, or root; a container's seccomp filter may forbid it too.",
            _ when !File.Exists("/sys/kernel/btf/vmlinux") => "This kernel does not describe its types (CONFIG_DEBUG_INFO_BTF).",
            Errno.EINVAL or Errno.ENOENT or Errno.ESRCH => "This kernel lacks something that the programs use; 5.12 or newer has it all.",
            _ => null,
        };
        return said.Length == 0 ? remedy : $"{remedy} libbpf says: {said}".TrimStart();
    }

    private nint Map(string name) => Found(name, bpf_object__find_map_by_name(handle, name));

    private nint Program(string name) => Found(name, bpf_object__find_program_by_name(handle, name));

    private static nint Found(string name, nint found) =>
        found != 0 ? found : throw new InvalidOperationException($"The BPF file that was built into this program has no {name}.");
}

using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Abi;

/// <summary>bpf/libbpf.h, version 1: pointers are null and errno is set on failure; integers are negative error numbers.</summary>
[CHeaders("bpf/libbpf.h")]
internal static unsafe partial class bpf_libbpf
{
    public const int LIBBPF_WARN = 0;

    private const string Libbpf = "libbpf.so.1";

    [LibraryImport(Libbpf)]
    public static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, void*, int> fn);

    [LibraryImport(Libbpf)]
    public static partial int libbpf_num_possible_cpus();

    [LibraryImport(Libbpf, SetLastError = true)]
    public static partial nint bpf_object__open_mem(byte* obj_buf, nuint obj_buf_sz, void* opts);

    [LibraryImport(Libbpf)]
    public static partial int bpf_object__load(nint obj);

    [LibraryImport(Libbpf)]
    public static partial void bpf_object__close(nint obj);

    [LibraryImport(Libbpf, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__find_map_by_name(nint obj, string name);

    [LibraryImport(Libbpf, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__find_program_by_name(nint obj, string name);

    [LibraryImport(Libbpf)]
    public static partial int bpf_map__set_max_entries(nint map, uint max_entries);

    [LibraryImport(Libbpf)]
    public static partial int bpf_map__fd(nint map);

    [LibraryImport(Libbpf)]
    public static partial int bpf_program__set_autoload(nint prog, byte autoload);

    [LibraryImport(Libbpf, SetLastError = true)]
    public static partial nint bpf_program__attach(nint prog);

    [LibraryImport(Libbpf, SetLastError = true)]
    public static partial nint bpf_program__attach_cgroup(nint prog, int cgroup_fd);

    [LibraryImport(Libbpf)]
    public static partial int bpf_program__fd(nint prog);

    [LibraryImport(Libbpf)]
    public static partial int bpf_link__destroy(nint link);

    [LibraryImport(Libbpf, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int libbpf_find_vmlinux_btf_id(string name, int attach_type);
}

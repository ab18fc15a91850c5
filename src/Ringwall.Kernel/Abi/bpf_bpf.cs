using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Abi;

/// <summary>bpf/bpf.h: bpf(2) by libbpf, version 1. Errors are negative error numbers.</summary>
[CHeaders("bpf/bpf.h")]
internal static unsafe partial class bpf_bpf
{
    private const string Libbpf = "libbpf.so.1";

    [LibraryImport(Libbpf, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_prog_load(int prog_type, string prog_name, string license, ulong* insns, nuint insn_cnt, bpf_prog_load_opts* opts);

    [LibraryImport(Libbpf)]
    public static partial int bpf_raw_tracepoint_open(byte* name, int prog_fd);

    [LibraryImport(Libbpf)]
    public static partial int bpf_map_update_elem(int fd, void* key, void* value, ulong flags);

    [LibraryImport(Libbpf)]
    public static partial int bpf_map_lookup_elem(int fd, void* key, void* value);

    [LibraryImport(Libbpf)]
    public static partial int bpf_prog_query(int target_fd, int type, uint query_flags, uint* attach_flags, uint* prog_ids, uint* prog_cnt);

    [LibraryImport(Libbpf)]
    public static partial int bpf_obj_get_info_by_fd(int bpf_fd, void* info, uint* info_len);
}

[CStruct("struct bpf_prog_load_opts", "bpf/bpf.h")]
internal unsafe struct bpf_prog_load_opts
{
    public nuint sz;
    public int attempts;
    public int expected_attach_type;
    public uint prog_btf_fd;
    public uint prog_flags;
    public uint prog_ifindex;
    public uint kern_version;
    public uint attach_btf_id;
    public uint attach_prog_fd;
    public uint attach_btf_obj_fd;
    public int* fd_array;
    public void* func_info;
    public uint func_info_cnt;
    public uint func_info_rec_size;
    public void* line_info;
    public uint line_info_cnt;
    public uint line_info_rec_size;
    public uint log_level;
    public uint log_size;
    public byte* log_buf;
}

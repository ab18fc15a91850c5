namespace Ringwall.Kernel.Abi;

/// <summary>Bpf/tells.h: what our own BPF programs write. The tests compare each line with the header.</summary>
internal static class bpf_tells
{
    public const uint TELL_EXEC = 1;
    public const uint TELL_FORK = 2;
    public const uint TELL_EXIT = 3;
    public const uint TELL_CONNECT = 4;

    public const int TELL_SOURCE_PROCESS = 0;
    public const int TELL_SOURCE_NETWORK = 1;

    public const uint TELL_EXE_INCOMPLETE = 1;
    public const uint TELL_EXE_DELETED = 2;
    public const uint TELL_CWD_INCOMPLETE = 4;
    public const uint TELL_CWD_DELETED = 8;
    public const uint TELL_ARGS_CUT = 16;
    public const uint TELL_ARGS_UNREADABLE = 32;

    public const int TELL_ARGS_MOST = 65536;
    public const int TELL_PATH_MOST = 4096;

    public const uint TELL_AWAKE = 0;
    public const uint TELL_ASLEEP = 1;
    public const uint TELL_PAUSING = 2;
}

[BpfStruct("struct tell_process")]
internal struct tell_process
{
    public ulong start;
    public ulong parent_start;
    public uint pid;
    public uint parent_pid;
    public uint euid;
    public uint egid;
}

[BpfStruct("struct tell_head")]
internal struct tell_head
{
    public ulong time;
    public uint kind;
    public uint size;
    public tell_process process;
}

[BpfStruct("struct tell_exec")]
internal struct tell_exec
{
    public tell_head head;
    public ulong inode;
    public ulong args_total;
    public uint device;
    public uint flags;
    public uint exe_length;
    public uint cwd_length;
    public uint args_length;
    public uint interpreted;
}

[BpfStruct("struct tell_fork")]
internal struct tell_fork
{
    public tell_head head;
    public ulong forker_start;
    public uint forker_pid;
    public uint zero;
}

[BpfStruct("struct tell_exit")]
internal struct tell_exit
{
    public tell_head head;
    public uint code;
    public uint zero;
}

[BpfStruct("struct tell_connect")]
internal unsafe struct tell_connect
{
    public tell_head head;
    public fixed byte address[16];
    public uint family;
    public uint type;
    public uint protocol;
    public uint port;
}

[BpfStruct("struct tell_count")]
internal struct tell_count
{
    public ulong produced;
    public ulong dropped;
}

[BpfStruct("struct tell_shared")]
internal struct tell_shared
{
    public tell_count process;
    public tell_count network;
    public uint wake;
    public uint much;
}

namespace Ringwall.Kernel.Abi;

[CStruct("struct fanotify_event_metadata", "linux/fanotify.h")]
internal struct fanotify_event_metadata
{
    public uint event_len;
    public byte vers;
    public byte reserved;
    public ushort metadata_len;
    public ulong mask;
    public int fd;
    public int pid;
}

namespace Ringwall.Kernel.Abi;

[CStruct("struct fanotify_event_info_header", "linux/fanotify.h")]
internal struct fanotify_event_info_header
{
    public byte info_type;
    public byte pad;
    public ushort len;
}

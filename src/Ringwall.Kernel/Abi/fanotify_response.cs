namespace Ringwall.Kernel.Abi;

[CStruct("struct fanotify_response", "linux/fanotify.h")]
internal struct fanotify_response
{
    public int fd;
    public uint response;
}

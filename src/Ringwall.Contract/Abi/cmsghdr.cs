namespace Ringwall.Contract.Abi;

/// <summary>The head of a control message; what follows starts at the next multiple of eight, which is its own size.</summary>
[CStruct("struct cmsghdr", "sys/socket.h")]
internal struct cmsghdr
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}

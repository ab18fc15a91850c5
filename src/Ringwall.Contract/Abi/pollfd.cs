namespace Ringwall.Contract.Abi;

[CStruct("struct pollfd", "poll.h")]
internal struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}

namespace Ringwall.Contract.Abi;

[CStruct("struct iovec", "sys/uio.h")]
internal unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}

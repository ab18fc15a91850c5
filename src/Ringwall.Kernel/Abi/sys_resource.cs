
namespace Ringwall.Kernel.Abi;

/// <summary>sys/resource.h; getrlimit(2). The numbers are the same on x86-64 and arm64.</summary>
[CHeaders("sys/resource.h")]
internal static class sys_resource
{
    public const int RLIMIT_FSIZE = 1;
    public const int RLIMIT_DATA = 2;
    public const int RLIMIT_CORE = 4;
    public const int RLIMIT_NPROC = 6;
    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_MEMLOCK = 8;
    public const int RLIMIT_SIGPENDING = 11;
    public const int RLIMIT_MSGQUEUE = 12;
    public const int RLIMIT_NICE = 13;
    public const int RLIMIT_RTPRIO = 14;
}

using System.Text;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Namespaces;

/// <summary>
/// Leaves namespaces for new ones. All of this is about the calling thread alone, which is to execute a program next. unshare(2). A pid
/// namespace is entered by being born into it: <see cref="Processes.SpawnRequest.OwnPidNamespace"/>.
/// </summary>
public static class Unshare
{
    /// <exception cref="KernelException">The right is missing (CAP_SYS_ADMIN), or the kernel lacks the kind of namespace.</exception>
    public static void Into(NamespaceKinds kinds)
    {
        if (linux_sched.unshare((int)kinds) != 0)
        {
            KernelException.Throw($"unshare({kinds})", "It needs CAP_SYS_ADMIN, and namespaces in the kernel (user.max_*_namespaces above 0).");
        }
    }

    /// <summary>Names the machine inside a new host name namespace.</summary>
    public static void SetHostName(string name)
    {
        if (linux_sched.sethostname(name, (nuint)Encoding.UTF8.GetByteCount(name)) != 0)
        {
            KernelException.Throw($"sethostname({name})");
        }
    }
}

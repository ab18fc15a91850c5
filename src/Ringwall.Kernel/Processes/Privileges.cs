using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using static Ringwall.Kernel.Abi.linux_capability;
using static Ringwall.Kernel.Abi.sys_prctl;

namespace Ringwall.Kernel.Processes;

// Threads: everything here is about the calling thread alone, unless said otherwise; execve(2) carries it over to the new program and
//          ends the others. The C library's wrappers would change every thread, by signals, so the calls are made by number.

/// <summary>Gives up rights, for good. capabilities(7), credentials(7), prctl(2).</summary>
public static unsafe class Privileges
{
    private static bool OnIntel => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Takes every capability out of the set that bounds all future programs, and switches off what root alone brings.</summary>
    public static void DropBounding()
    {
        for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        {
            Require(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), $"prctl(PR_CAPBSET_DROP, {capability})", "It needs CAP_SETPCAP.");
        }

        const int locked = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS_LOCKED
            | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
        Require(prctl(PR_SET_SECUREBITS, locked, 0, 0, 0), "prctl(PR_SET_SECUREBITS)", "It needs CAP_SETPCAP.");
        Require(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl(PR_CAP_AMBIENT_CLEAR_ALL)", null);
    }

    /// <summary>Becomes another user, real, effective and saved, in no group but one.</summary>
    public static void BecomeUser(uint user, uint group)
    {
        nint u = (nint)user;
        nint g = (nint)group;
        Require(Call(OnIntel ? asm_unistd_x86_64.__NR_setgroups : asm_unistd_arm64.__NR_setgroups, 0, 0, 0), "setgroups", "It needs CAP_SETGID.");
        Require(Call(OnIntel ? asm_unistd_x86_64.__NR_setresgid : asm_unistd_arm64.__NR_setresgid, g, g, g), $"setresgid({group})", "It needs CAP_SETGID.");
        Require(
            Call(OnIntel ? asm_unistd_x86_64.__NR_setresuid : asm_unistd_arm64.__NR_setresuid, u, u, u),
            $"setresuid({user})",
            "It needs CAP_SETUID, and the number must exist in this user namespace.");
    }

    /// <summary>Drops every capability that is left: permitted, effective, inheritable, ambient.</summary>
    public static void DropAll()
    {
        cap_user_header header = new() { version = _LINUX_CAPABILITY_VERSION_3 };

        // SAFETY: version 3 takes two elements, low and high half; both are on this stack and zero.
        cap_user_data* none = stackalloc cap_user_data[2];
        none[0] = default;
        none[1] = default;
        Require(Call(OnIntel ? asm_unistd_x86_64.__NR_capset : asm_unistd_arm64.__NR_capset, (nint)(&header), (nint)none, 0), "capset", null);
    }

    /// <summary>No program that is executed from here on gains rights: not by set-user-ID, not by file capabilities.</summary>
    public static void ForbidNew() => Require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)", null);

    /// <summary>
    /// The kernel kills this process when the thread that started it ends. A change of user clears the wish, so it comes after; execve
    /// of an ordinary program keeps it.
    /// </summary>
    public static void DieWithParent() => Require(prctl(PR_SET_PDEATHSIG, Signals.Kill, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)", null);

    /// <summary>Leaves the parent's session and process group.</summary>
    public static void StartSession()
    {
        if (Call(OnIntel ? asm_unistd_x86_64.__NR_setsid : asm_unistd_arm64.__NR_setsid, 0, 0, 0) < 0)
        {
            KernelException.Throw("setsid");
        }
    }

    private static int Call(int number, nint a, nint b, nint c) => (int)libc_syscall.syscall(number, a, b, c);

    private static void Require(int result, string call, string? hint)
    {
        if (result != 0)
        {
            KernelException.Throw(call, hint);
        }
    }
}

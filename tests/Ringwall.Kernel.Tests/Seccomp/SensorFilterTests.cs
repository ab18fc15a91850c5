using System.Reflection;
using System.Runtime.InteropServices;
using Ringwall.Kernel.Abi;
using Ringwall.Kernel.Seccomp;

namespace Ringwall.Kernel.Tests.Seccomp;

/// <summary>The filter's program, run for every number there is, on both architectures, without a kernel.</summary>
public sealed class SensorFilterTests
{
    private const uint Allow = 0x7fff_0000;
    private const uint Refused = 0x0005_0001;
    private const uint NotThere = 0x0005_0026;
    private const uint Kill = 0x8000_0000;
    private const int MostNumbers = 1024;

    public static TheoryData<Architecture> Architectures => [Architecture.X64, Architecture.Arm64];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Only_listed_calls_are_allowed(Architecture architecture)
    {
        FilterMachine machine = Machine(architecture);
        HashSet<int> listed = [.. SensorCalls.On(architecture)];
        Dictionary<int, string> names = Names(architecture);

        // Those whose arguments decide: with arguments of zeros they come to the one or the other.
        HashSet<string> guarded = ["clone", "clone3", "openat2", "prlimit64", "prctl", "ioctl", "fcntl", "getsockopt", "setsockopt"];
        int allowed = 0;
        for (int number = 0; number < MostNumbers; number++)
        {
            uint comesTo = machine.Run(Audit(architecture), number);
            if (names.TryGetValue(number, out string? name) && guarded.Contains(name))
            {
                continue;
            }

            Assert.True(comesTo == (listed.Contains(number) ? Allow : Refused), $"{name ?? $"{number}"} comes to {comesTo:x}");
            allowed += comesTo == Allow ? 1 : 0;
        }

        Assert.InRange(allowed, 80, 140);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Dangerous_calls_are_refused_by_name(Architecture architecture)
    {
        FilterMachine machine = Machine(architecture);
        Dictionary<string, int> all = AllOf(architecture);
        string[] dangerous =
        [
            "socket", "socketpair", "connect", "bind", "listen", "accept4", "bpf", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl",
            "add_key", "request_key", "userfaultfd", "perf_event_open", "memfd_create", "ptrace", "process_vm_readv", "process_vm_writev",
            "process_madvise", "kcmp", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "mount", "umount2", "pivot_root", "chroot", "unshare", "setns",
            "move_mount", "open_tree", "fsopen", "mount_setattr", "setuid", "setresuid", "setgid", "setgroups", "capset", "personality", "execveat",
            "fanotify_init", "inotify_init1", "open_by_handle_at", "name_to_handle_at", "flock", "fallocate", "fchmod", "fchown",
            "utimensat", "fsetxattr", "setxattr", "linkat", "mknodat", "symlinkat", "fchmodat", "fchownat", "splice", "vmsplice", "tee",
            "sendfile", "copy_file_range", "shmget", "msgget", "semget", "mq_open", "init_module", "finit_module", "kexec_load", "reboot", "swapon",
            "settimeofday", "clock_settime", "adjtimex", "sethostname", "syslog", "acct", "quotactl", "setpriority", "mlockall", "seccomp",
            "landlock_restrict_self", "setsid", "setpgid", "mincore", "remap_file_pages", "mbind", "migrate_pages", "setrlimit",
        ];
        int met = 0;
        foreach (string name in dangerous.Where(all.ContainsKey))
        {
            met++;
            Assert.True(machine.Run(Audit(architecture), all[name]) == Refused, name);
        }

        Assert.True(met >= 75, $"only {met} of the names are known to the headers");
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Arguments_decide_where_a_call_is_half_harmless(Architecture architecture)
    {
        FilterMachine machine = Machine(architecture);
        Dictionary<string, int> all = AllOf(architecture);
        ulong direct = architecture == Architecture.X64 ? 0x4000UL : 0x1_0000UL;
        (string Call, ulong[] Arguments, uint Expected)[] cases =
        [
            ("clone", [0x3d0f00], Allow),                       // what pthread_create asks for
            ("clone", [17], Allow),                             // fork: SIGCHLD
            ("clone", [0x1000_0011], Refused),                  // a new user namespace
            ("clone", [0x4000_0011], Refused),
            ("clone", [0x0002_0011], Refused),
            ("clone3", [0, 0], NotThere),
            ("openat2", [0, 0], NotThere),
            ("prctl", [15], Allow),                             // PR_SET_NAME
            ("prctl", [1, 0], Refused),                         // PR_SET_PDEATHSIG: would outlive the host
            ("prctl", [0xdead_0000_0000_000f], Allow),          // the kernel looks at 32 bits, and so does the filter
            ("prctl", [22, 2], Refused),                        // PR_SET_SECCOMP
            ("prctl", [4, 1], Refused),                         // PR_SET_DUMPABLE
            ("ioctl", [0, 0x5401], Allow),
            ("ioctl", [0, 0x5412], Refused),                    // TIOCSTI
            ("ioctl", [0, 0x4008_6602], Refused),               // FS_IOC_SETFLAGS
            ("fcntl", [5, 0], Allow),
            ("fcntl", [5, 1030], Allow),
            ("fcntl", [5, 4, 0x800], Allow),                    // O_NONBLOCK
            ("fcntl", [5, 4, direct], Refused),
            ("fcntl", [5, 4, 0x2000 | 0x800], Refused),         // O_ASYNC
            ("fcntl", [5, 6], Refused),                         // F_SETLK
            ("fcntl", [5, 1024], Refused),                      // F_SETLEASE
            ("fcntl", [5, 1026], Refused),                      // F_NOTIFY
            ("fcntl", [5, 1031], Refused),                      // F_SETPIPE_SZ
            ("fcntl", [5, 8], Refused),                         // F_SETOWN
            ("prlimit64", [0, 7, 1], Allow),
            ("prlimit64", [1, 7, 0], Refused),
            ("prlimit64", [0x1_0000_0000, 7, 0], Refused),
            ("getsockopt", [3, 1, 3], Allow),
            ("getsockopt", [3, 1, 77], Refused),                // SO_PEERPIDFD
            ("getsockopt", [3, 41, 3], Refused),
            ("setsockopt", [3, 1, 7], Allow),
            ("setsockopt", [3, 1, 26], Refused),                // SO_ATTACH_FILTER
            ("setsockopt", [3, 1, 76], Refused),                // SO_PASSPIDFD
            ("setsockopt", [3, 1, 32], Refused),                // SO_SNDBUFFORCE
        ];
        foreach ((string call, ulong[] arguments, uint expected) in cases)
        {
            uint comesTo = machine.Run(Audit(architecture), all[call], arguments);
            Assert.True(comesTo == expected, $"{call}({string.Join(", ", arguments.Select(v => $"0x{v:x}"))}) comes to {comesTo:x}");
        }
    }

    [Fact]
    public void Calls_of_another_architecture_kill_and_the_second_set_of_x86_is_refused()
    {
        FilterMachine machine = Machine(Architecture.X64);
        Assert.Equal(Allow, machine.Run(Audit(Architecture.X64), 0));
        Assert.Equal(Kill, machine.Run(0x4000_0003, 0));        // AUDIT_ARCH_I386
        Assert.Equal(Refused, machine.Run(Audit(Architecture.X64), 0x4000_0000));
        Assert.Equal(Refused, machine.Run(Audit(Architecture.X64), -1));
        Assert.Equal(Kill, Machine(Architecture.Arm64).Run(0x4000_0028, 0));    // AUDIT_ARCH_ARM
    }

    private static FilterMachine Machine(Architecture architecture) => new(SensorFilter.For(architecture).Code.ToArray());

    private static uint Audit(Architecture architecture) =>
        architecture == Architecture.X64 ? linux_seccomp.AUDIT_ARCH_X86_64 : linux_seccomp.AUDIT_ARCH_AARCH64;

    private static Dictionary<int, string> Names(Architecture architecture) =>
        (architecture == Architecture.X64 ? typeof(asm_unistd_x86_64) : typeof(asm_unistd_arm64))
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(f => (int)f.GetRawConstantValue()!, f => f.Name["__NR_".Length..]);

    // Every call that the headers know, read by the compiler: the tables in the product hold only those that it names.
    private static Dictionary<string, int> AllOf(Architecture architecture)
    {
        string[] lines = Compiler.Macros(architecture == Architecture.X64
            ? "#include <asm/unistd_64.h>\n"
            : "#define __ARCH_WANT_NEW_STAT\n#define __ARCH_WANT_SET_GET_RLIMIT\n#define __ARCH_WANT_SYS_CLONE3\n#include <asm-generic/unistd.h>\n");
        Dictionary<string, string> macros = lines.Select(l => l.Split(' ', 3)).Where(w => w.Length == 3).ToDictionary(w => w[1], w => w[2]);
        Dictionary<string, int> numbers = [];
        foreach (string macro in macros.Keys.Where(m => m.StartsWith("__NR_", StringComparison.Ordinal)))
        {
            string value = macros[macro];
            while (macros.TryGetValue(value, out string? next))
            {
                value = next;
            }

            if (int.TryParse(value, out int number))
            {
                numbers[macro["__NR_".Length..]] = number;
            }
        }

        return numbers;
    }
}

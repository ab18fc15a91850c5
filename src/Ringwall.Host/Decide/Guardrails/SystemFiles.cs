using Ringwall.Host.Sandboxes;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Decide.Guardrails;

// Threads: one at a time. Reads directories and the heads of programs.

/// <summary>
/// Finds what a machine cannot do without: to boot, to run a program, to let somebody in, to be mended and to be upgraded. By the names that distributions give it, as far
/// as it is there; docs/configuration.md says the same in words.
/// </summary>
/// <param name="root">"/" but for tests.</param>
/// <param name="kernelRelease">As `uname -r` says it.</param>
internal sealed class SystemFiles(string root, string kernelRelease)
{
    private static readonly string[] ProgramFolders = ["usr/bin", "usr/sbin", "bin", "sbin"];

    private static readonly string[] LibraryFolders =
        [$"usr/lib/{SharedLibraries.Triplet}", $"lib/{SharedLibraries.Triplet}", "usr/lib64", "lib64", "usr/lib", "lib"];

    private static readonly (ProtectionKind Kind, string Why, string[] Names)[] Programs =
    [
        (ProtectionKind.Init, "init and the service manager",
            ["init", "systemctl", "systemd-run", "systemd-tmpfiles", "systemd-sysusers", "udevadm", "dbus-daemon", "dbus-broker", "dbus-broker-launch",
             "openrc", "openrc-run", "telinit", "shutdown", "reboot", "poweroff", "halt"]),
        (ProtectionKind.Shell, "a shell", ["sh", "bash", "dash", "ash", "busybox", "zsh", "ksh", "fish"]),
        (ProtectionKind.PackageManager, "the package manager",
            ["dpkg", "dpkg-deb", "dpkg-query", "dpkg-split", "dpkg-trigger", "dpkg-divert", "dpkg-statoverride", "update-alternatives", "apt", "apt-get", "apt-cache",
             "apt-config", "apt-mark", "aptitude", "debconf", "gpgv", "sqv", "perl", "tar", "gzip", "xz", "zstd", "rpm", "rpmdb", "rpmkeys", "dnf", "dnf5", "dnf-3",
             "microdnf", "yum", "zypper", "pacman", "apk"]),
        (ProtectionKind.Login, "it lets people in",
            ["login", "su", "sudo", "runuser", "agetty", "getty", "sulogin", "sshd", "passwd", "newgrp", "unix_chkpwd", "doas", "pkexec", "nologin"]),
        (ProtectionKind.Loader, "it loads programs", ["ldconfig"]),
        (ProtectionKind.Recovery, "it is needed to mend the machine",
            ["mount", "umount", "fsck", "e2fsck", "fsck.ext4", "xfs_repair", "fsck.xfs", "btrfs", "fsck.fat", "blkid", "lsblk", "modprobe", "insmod", "rmmod", "depmod", "kmod",
             "lvm", "cryptsetup", "mdadm", "mkinitramfs", "update-initramfs", "dracut", "mkinitcpio", "grub-install", "grub-mkconfig", "update-grub", "grub-probe",
             "grub2-install", "grub2-mkconfig", "grubby", "efibootmgr", "bootctl", "kexec", "coreutils", "cat", "cp", "mv", "rm", "ln", "ls", "mkdir", "rmdir", "chmod", "chown",
             "env", "id", "sync", "true", "false", "ps", "kill", "ip", "journalctl", "dmesg", "sed", "grep"]),
    ];

    private static readonly (ProtectionKind Kind, string Why, string[] Paths)[] Files =
    [
        (ProtectionKind.Loader, "the dynamic loader and what it reads", [.. ProgramLoaders.Paths.Select(path => path[1..]), "etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.preload"]),
        (ProtectionKind.Login, "nobody can log in without it",
            ["etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/nsswitch.conf", "etc/login.defs", "etc/sudoers", "etc/sudo.conf", "etc/profile", "etc/environment"]),
        (ProtectionKind.Recovery, "the machine does not boot without it", ["etc/fstab", "etc/crypttab", "etc/inittab"]),
    ];

    private static readonly (ProtectionKind Kind, string Why, string[] Paths)[] Trees =
    [
        (ProtectionKind.Init, "the service manager", ["usr/lib/systemd", "lib/systemd", "etc/systemd", "usr/lib/udev", "lib/udev"]),
        (ProtectionKind.Loader, "what the dynamic loader reads", ["etc/ld.so.conf.d"]),
        (ProtectionKind.Login, "it lets people in",
            ["etc/pam.d", "etc/security", "etc/ssh", "etc/sudoers.d", "usr/lib/pam.d", "usr/lib/openssh", "usr/libexec/openssh", "usr/lib/ssh", "usr/lib/sudo", "usr/libexec/sudo",
             .. LibraryFolders.Select(folder => $"{folder}/security")]),
        (ProtectionKind.PackageManager, "the package manager and its database",
            ["usr/lib/apt", "usr/lib/dpkg", "usr/libexec/dpkg", "usr/share/dpkg", "etc/apt", "etc/dpkg", "var/lib/dpkg", "var/lib/apt", "usr/lib/rpm", "var/lib/rpm",
             "usr/lib/sysimage/rpm", "etc/dnf", "etc/yum.repos.d"]),
        (ProtectionKind.Recovery, "the boot loader, and what the next boot is built from",
            ["boot/grub", "boot/grub2", "boot/loader", "boot/efi", "efi", "boot/extlinux", "etc/initramfs-tools", "usr/share/initramfs-tools", "usr/lib/dracut"]),
    ];

    private readonly RealPaths _real = new(root);

    /// <summary>Everything that is there.</summary>
    public IReadOnlyList<ProtectedPlace> Find()
    {
        List<ProtectedPlace> found = [];
        foreach ((ProtectionKind kind, string why, string[] paths) in Files)
        {
            found.AddRange(paths.Select(path => File(kind, why, Full(path))).OfType<ProtectedPlace>());
        }

        List<string> programs = AddPrograms(found);
        AddLibraries(found, programs);
        AddKernel(found);
        foreach ((ProtectionKind kind, string why, string[] paths) in Trees)
        {
            found.AddRange(paths.Select(path => Tree(kind, why, Full(path))).OfType<ProtectedPlace>());
        }

        return found;
    }

    private List<string> AddPrograms(List<ProtectedPlace> found)
    {
        List<string> programs = [];
        foreach ((ProtectionKind kind, string why, string[] names) in Programs)
        {
            foreach (string path in names.SelectMany(name => ProgramFolders.Select(folder => Full($"{folder}/{name}"))))
            {
                if (File(kind, why, path) is { } place)
                {
                    found.Add(place);
                    programs.Add(place.Path);
                }
            }
        }

        foreach (string path in LoginShells())
        {
            if (File(ProtectionKind.Shell, "a shell of /etc/shells", path) is { } place)
            {
                found.Add(place);
                programs.Add(place.Path);
            }
        }

        return programs;
    }

    // Those that the programs name, those that these name in turn, and those that the C library loads by itself.
    private void AddLibraries(List<ProtectedPlace> found, List<string> programs)
    {
        SharedLibraries libraries = new([.. LibraryFolders.Select(Full)]);
        string[] wanted = [.. programs.Distinct().SelectMany(ElfNeeds.Of).Distinct()];
        IEnumerable<string> switches = LibraryFolders.Select(Full).Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "libnss_*.so*"));
        foreach (string path in libraries.Resolve(wanted, out _).Values.Concat(switches).Order(StringComparer.Ordinal))
        {
            if (File(ProtectionKind.Library, "protected programs need it", path) is { } place)
            {
                found.Add(place);
            }
        }
    }

    private void AddKernel(List<ProtectedPlace> found)
    {
        foreach (string name in (IEnumerable<string>)["vmlinuz", "vmlinux", "initrd.img", "initrd", "initramfs", "System.map", "config"])
        {
            foreach (string path in (IEnumerable<string>)[$"boot/{name}-{kernelRelease}", $"boot/{name}-{kernelRelease}.img", $"boot/{name}"])
            {
                if (File(ProtectionKind.Kernel, "the running kernel", Full(path)) is { } place)
                {
                    found.Add(place);
                }
            }
        }

        foreach (string folder in (IEnumerable<string>)[$"lib/modules/{kernelRelease}", $"usr/lib/modules/{kernelRelease}"])
        {
            if (Tree(ProtectionKind.Kernel, "the running kernel's modules", Full(folder)) is { } place)
            {
                found.Add(place);
            }
        }
    }

    private string[] LoginShells()
    {
        try
        {
            return [.. System.IO.File.ReadLines(Full("etc/shells")).Where(line => line.StartsWith('/')).Select(line => Full(line.Trim()[1..]))];
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private ProtectedPlace? File(ProtectionKind kind, string why, string path) =>
        System.IO.File.Exists(path) ? new ProtectedPlace(_real.Of(path), IsTree: false, new Protection(kind, $"it is protected: {why} ({path})")) : null;

    private ProtectedPlace? Tree(ProtectionKind kind, string why, string path) =>
        Directory.Exists(path) ? new ProtectedPlace(_real.Of(path), IsTree: true, new Protection(kind, $"it is protected: {why} (below {path})")) : null;

    private string Full(string path) => Path.Join(root, path);
}

using System.Diagnostics;

namespace Ringwall.Host.Tests.Responses;

/// <summary>Gives files what can belong to them and tells what they have, by the C library of another language, so that no code is compared with itself.</summary>
internal static class Belongings
{
    private const string Tell = """
        import fcntl, hashlib, os, struct, sys
        p = sys.argv[1]
        s = os.stat(p, follow_symlinks=False)
        print(oct(s.st_mode), s.st_uid, s.st_gid, s.st_atime_ns, s.st_mtime_ns, s.st_size)
        for n in sorted(os.listxattr(p)): print(n, os.getxattr(p, n).hex())
        f = os.open(p, os.O_RDONLY | os.O_NOATIME)
        b = bytearray(8)
        try:
            fcntl.ioctl(f, 0x80086601, b); print('flags', hex(struct.unpack('<Q', b)[0] & 0x380ff))
        except OSError: print('no flags')
        print(hashlib.sha256(os.fdopen(f, 'rb').read()).hexdigest())
        """;

    // An access list for user 1005, two labels, a capability, a user's note; times with nanoseconds; the set-id bit last, as a new owner takes it away.
    private const string Give = """
        import os, struct, sys
        p = sys.argv[1]
        def acl(*entries): return struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in entries)
        os.chown(p, 1000, 1001)
        os.setxattr(p, 'system.posix_acl_access', acl((1, 7, 0xffffffff), (2, 5, 1005), (4, 5, 0xffffffff), (16, 5, 0xffffffff), (32, 1, 0xffffffff)))
        os.setxattr(p, 'security.capability', struct.pack('<IIIII', 0x02000001, 0x2000, 0, 0, 0))
        os.setxattr(p, 'security.label', b'system_u:object_r:bin_t')
        os.setxattr(p, 'trusted.note', b'\x00\xff binary \x00')
        try: os.setxattr(p, 'user.origin', b'https://example.org')
        except OSError: pass
        os.chmod(p, 0o4751)
        os.utime(p, ns=(1111111111123456789, 1222222222987654321))
        """;

    public static string Of(string path) => Python(Tell, path);

    public static void GiveAll(string path) => Python(Give, path);

    private static string Python(string script, string path)
    {
        ProcessStartInfo start = new("/usr/bin/python3", ["-c", script, path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process python = Process.Start(start)!;
        string said = python.StandardOutput.ReadToEnd();
        string errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, errors);
        return said;
    }
}

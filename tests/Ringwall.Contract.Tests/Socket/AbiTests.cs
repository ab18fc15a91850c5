using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Ringwall.Contract.Abi;

namespace Ringwall.Contract.Tests.Socket;

public sealed class AbiTests
{
    /// <summary>The C compiler is the only authority on the kernel's and the C library's layout.</summary>
    [Fact]
    public void Every_struct_and_constant_matches_the_c_headers()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "needs gcc");
        StringBuilder c = new("#define _GNU_SOURCE\n#include <stddef.h>\n#include <errno.h>\n#include <fcntl.h>\n#include <poll.h>\n#include <sys/socket.h>\n#include <sys/uio.h>\n#include <unistd.h>\n");
        c.AppendLine("#ifndef SO_PASSRIGHTS\n#define SO_PASSRIGHTS 83 /* headers older than Linux 6.16 */\n#endif");
        int checks = 0;

        void Require(string condition)
        {
            checks++;
            c.AppendLine($"_Static_assert({condition}, \"{condition}\");");
        }

        foreach (FieldInfo constant in new[] { typeof(sys_socket), typeof(libc_unistd) }.SelectMany(type => type.GetFields()).Where(field => field.IsLiteral))
        {
            Require($"{constant.Name} == {constant.GetRawConstantValue()}");
        }

        foreach (Type type in typeof(sys_socket).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CStructAttribute>() is { } native)
            {
                Require($"sizeof({native.Name}) == {Marshal.SizeOf(type)}");
                foreach (FieldInfo field in type.GetFields())
                {
                    Require($"offsetof({native.Name}, {field.Name}) == {Marshal.OffsetOf(type, field.Name)}");
                }
            }
        }

        // CMSG_SPACE and CMSG_LEN of one int, which SensorSocket writes as numbers.
        Require("CMSG_SPACE(sizeof(int)) == 24");
        Require("CMSG_LEN(sizeof(int)) == 20");
        Assert.True(checks >= 40, $"only {checks} checks were made, so the probe does not see the ABI");
        (int exit, string output) = Compile(c.ToString());
        Assert.True(exit == 0, output);

        // The probe must be able to fail.
        (exit, _) = Compile(c + "_Static_assert(SCM_RIGHTS == 99, \"control\");\n");
        Assert.NotEqual(0, exit);
    }

    private static (int Exit, string Output) Compile(string source)
    {
        using Process gcc = Process.Start(new ProcessStartInfo("/usr/bin/gcc", ["-x", "c", "-fsyntax-only", "-"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        gcc.StandardInput.Write(source);
        gcc.StandardInput.Close();
        string output = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        return (gcc.ExitCode, output);
    }
}

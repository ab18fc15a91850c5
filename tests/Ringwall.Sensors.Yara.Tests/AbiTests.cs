using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Tests;

public sealed class AbiTests
{
    /// <summary>The C compiler is the only authority on libyara's and the C library's structures.</summary>
    [Fact]
    public void Every_struct_and_constant_matches_the_headers()
    {
        Assert.SkipUnless(Command.Exists("gcc"), "needs gcc");
        Assert.SkipUnless(File.Exists("/usr/include/yara.h"), "needs libyara-dev");
        var c = new StringBuilder("""
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <dirent.h>
            #include <time.h>
            #include <sys/stat.h>
            #include <yara.h>

            """);
        int checks = 0;
        void Require(string condition)
        {
            checks++;
            c.AppendLine($"_Static_assert({condition}, \"{condition}\");");
        }

        Type[] headers = [typeof(yara_libyara), typeof(yara_compiler), typeof(yara_rules), typeof(yara_scanner), typeof(yara_types), typeof(libc_files)];
        foreach (FieldInfo constant in headers.SelectMany(h => h.GetFields()).Where(f => f.IsLiteral && f.FieldType != typeof(string)))
        {
            Require($"{constant.Name} == {constant.GetRawConstantValue()}");
        }

        foreach (Type type in typeof(YR_META).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CStructAttribute>() is not { } native)
            {
                continue;
            }

            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public).Where(f => !f.Name.StartsWith("reserved") && !f.Name.StartsWith("__")))
            {
                Require($"offsetof({native.Name}, {field.Name.TrimStart('@')}) == {Marshal.OffsetOf(type, field.Name)}");
                Require($"sizeof((({native.Name}*)0)->{field.Name}) == {Marshal.SizeOf(Sized(field.FieldType))}");
            }

            // The first two are beginnings, by intent: libyara allocates them and we never do.
            if (type != typeof(YR_SCAN_CONTEXT) && type != typeof(YR_RULE))
            {
                Require($"sizeof({native.Name}) == {Marshal.SizeOf(type)}");
            }
        }

        // The pointers of YR_RULE, at the place that the version of the headers has.
        string start = "(YR_MAJOR_VERSION == 4 && YR_MINOR_VERSION >= 3 ? 16 : 8)";
        Require("sizeof(YR_RULE) == 40 + " + start);
        foreach (FieldInfo field in typeof(YR_RULE_references).GetFields())
        {
            Require($"offsetof(YR_RULE, {field.Name}) == {Marshal.OffsetOf<YR_RULE_references>(field.Name)} + {start}");
        }

        Assert.True(checks >= 70, $"only {checks} checks were generated, so the probe is not seeing the ABI");
        (int exit, string output) = Compile(c.ToString());
        Assert.True(exit == 0, output);

        // The probe must be able to fail.
        (exit, _) = Compile(c + "_Static_assert(offsetof(YR_SCAN_CONTEXT, timeout) == 32, \"control\");\n");
        Assert.NotEqual(0, exit);
    }

    // What a pointer or a fixed buffer takes.
    private static Type Sized(Type type) => type.IsPointer ? typeof(nint) : type;

    private static (int Exit, string Output) Compile(string c)
    {
        using var folder = new TemporaryFolder();
        (int exit, string output, string errors) = Command.Run("gcc", "-fsyntax-only", "-w", folder.Write("probe.c", c));
        return (exit, output + errors);
    }
}

using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Tests.Bpf;

/// <summary>What the BPF programs write and what C# reads are compared by the compiler that compiles the programs.</summary>
public sealed class BpfAbiTests
{
    [Fact]
    public void Every_record_has_the_size_and_offsets_of_the_programs_header()
    {
        StringBuilder c = Prologue();
        int checks = 0;
        foreach (Type type in typeof(BpfStructAttribute).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<BpfStructAttribute>() is not { } native)
            {
                continue;
            }

            c.AppendLine($"_Static_assert(sizeof({native.Name}) == {Marshal.SizeOf(type)}, \"{type.Name}\");");
            checks++;
            foreach (FieldInfo field in type.GetFields())
            {
                // The counters are an array in C and two fields here.
                string member = (type.Name, field.Name) switch
                {
                    ("tell_shared", "process") => "counts[TELL_SOURCE_PROCESS]",
                    ("tell_shared", "network") => "counts[TELL_SOURCE_NETWORK]",
                    _ => field.Name,
                };
                c.AppendLine(
                    $"_Static_assert(__builtin_offsetof({native.Name}, {member}) == {Marshal.OffsetOf(type, field.Name)}, \"{type.Name}.{field.Name}\");");
                checks++;
            }
        }

        foreach (FieldInfo constant in typeof(bpf_tells).GetFields().Where(f => f.IsLiteral))
        {
            c.AppendLine($"_Static_assert({constant.Name} == {constant.GetRawConstantValue()}, \"{constant.Name}\");");
            checks++;
        }

        Assert.True(checks >= 50, $"only {checks} checks were made, so the test does not see the records");
        (int exit, string said) = Compile(c.ToString());
        Assert.True(exit == 0, said);
    }

    [Fact]
    public void A_wrong_offset_does_not_compile()
    {
        StringBuilder c = Prologue();
        c.AppendLine("_Static_assert(__builtin_offsetof(struct tell_exec, flags) == 1, \"control\");");
        (int exit, string said) = Compile(c.ToString());
        Assert.NotEqual(0, exit);
        Assert.Contains("static", said, StringComparison.OrdinalIgnoreCase);
    }

    private static StringBuilder Prologue([CallerFilePath] string here = "")
    {
        string header = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Ringwall.Kernel/Bpf/tells.h"));
        Assert.SkipUnless(File.Exists(header), "needs the sources");
        return new StringBuilder($"#include \"{header}\"\n");
    }

    private static (int Exit, string Said) Compile(string source)
    {
        ProcessStartInfo start = new("clang")
        {
            ArgumentList =
            {
                "-target", "bpf", "-idirafter", "/usr/include/x86_64-linux-gnu", "-idirafter", "/usr/include/aarch64-linux-gnu",
                "-fsyntax-only", "-x", "c", "-",
            },
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process clang = Process.Start(start)!;
        clang.StandardInput.Write(source);
        clang.StandardInput.Close();
        string said = clang.StandardError.ReadToEnd();
        clang.WaitForExit();
        return (clang.ExitCode, said);
    }
}

using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Ringwall.Kernel.Abi;

namespace Ringwall.Kernel.Tests.Abi;

/// <summary>The C compiler is the only authority on the kernel's binary interface.</summary>
public sealed class AbiTests
{
    [Fact]
    public void Every_constant_matches_the_headers()
    {
        int checks = 0;
        foreach (Type header in typeof(CHeadersAttribute).Assembly.GetTypes())
        {
            if (header.GetCustomAttribute<CHeadersAttribute>() is not { } declared || header.IsValueType)
            {
                continue;
            }

            StringBuilder c = Prologue(declared.Headers);
            foreach (FieldInfo constant in header.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral))
            {
                if (constant.GetCustomAttribute<NotInHeadersAttribute>() is not null)
                {
                    continue;
                }

                checks++;
                Require(c, $"(unsigned long long)({constant.Name}) == (unsigned long long)({Literal(constant)})");
            }

            MustCompile(c, header.Name);
        }

        Assert.True(checks >= 60, $"only {checks} checks were made, so the test does not see the constants");
    }

    [Fact]
    public void Every_struct_has_the_size_and_offsets_of_the_headers()
    {
        int checks = 0;
        foreach (Type type in typeof(CHeadersAttribute).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CStructAttribute>() is not { } native)
            {
                continue;
            }

            StringBuilder c = Prologue(native.Headers);
            Require(c, $"sizeof({native.Name}) == {Marshal.SizeOf(type)}");
            checks++;
            foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            {
                if (field.Name.StartsWith("spare", StringComparison.Ordinal))
                {
                    continue;
                }

                checks++;
                Require(c, $"offsetof({native.Name}, {field.Name}) == {Marshal.OffsetOf(type, field.Name)}");
            }

            MustCompile(c, type.Name);
        }

        Assert.True(checks >= 40, $"only {checks} checks were made, so the test does not see the structs");
    }

    [Fact]
    public void A_wrong_constant_does_not_compile()
    {
        StringBuilder c = Prologue(["linux/fanotify.h"]);
        Require(c, "FAN_ALLOW == 99");
        (int exit, string said) = Compile(c.ToString());
        Assert.NotEqual(0, exit);
        Assert.Contains("static assertion failed", said, StringComparison.Ordinal);
    }

    private static string Literal(FieldInfo constant) => constant.GetRawConstantValue() switch
    {
        ulong unsigned => $"{unsigned}ULL",
        uint unsigned => $"{unsigned}U",
        int.MinValue => "(-2147483647 - 1)",
        var other => $"{other}",
    };

    private static StringBuilder Prologue(string[] headers)
    {
        StringBuilder c = new("#define _GNU_SOURCE\n#include <stddef.h>\n");
        foreach (string header in headers)
        {
            // A line of the preprocessor stands for itself: some headers want to be told what to declare.
            c.Append(header.StartsWith('#') ? header + "\n" : $"#include <{header}>\n");
        }

        return c;
    }

    private static void Require(StringBuilder c, string condition) => c.Append($"_Static_assert({condition}, \"{condition}\");\n");

    private static void MustCompile(StringBuilder c, string what)
    {
        (int exit, string said) = Compile(c.ToString());
        Assert.True(exit == 0, $"{what}: {said}\n{c}");
    }

    private static (int Exit, string Said) Compile(string source)
    {
        ProcessStartInfo start = new("gcc", "-x c -fsyntax-only -w -") { RedirectStandardInput = true, RedirectStandardError = true };
        using Process? gcc = Process.Start(start);
        if (gcc is null)
        {
            Assert.Skip("needs gcc and the kernel headers (apt install gcc linux-libc-dev)");
        }

        gcc.StandardInput.Write(source);
        gcc.StandardInput.Close();
        string said = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        return (gcc.ExitCode, said);
    }
}

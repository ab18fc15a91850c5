using System.Diagnostics;

namespace Ringwall.Kernel.Tests.Seccomp;

/// <summary>Asks the C compiler what the headers define.</summary>
internal static class Compiler
{
    /// <summary>All macros after the source, as "#define NAME VALUE".</summary>
    public static string[] Macros(string source)
    {
        using Process? gcc = Process.Start(
            new ProcessStartInfo("gcc", "-x c -E -dM -") { RedirectStandardInput = true, RedirectStandardOutput = true });
        Assert.SkipUnless(gcc is not null, "needs gcc and the kernel headers (apt install gcc linux-libc-dev)");
        gcc!.StandardInput.Write(source);
        gcc.StandardInput.Close();
        string said = gcc.StandardOutput.ReadToEnd();
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

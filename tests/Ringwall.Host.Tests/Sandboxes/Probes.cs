using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ringwall.Host.Tests.Sandboxes;

/// <summary>Programs of tests/probes, compiled once per run.</summary>
internal static class Probes
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Built = new();

    /// <summary>The program's path.</summary>
    /// <param name="name">"hostile" for tests/probes/hostile.c.</param>
    /// <param name="options">For the compiler, in addition.</param>
    public static string Build(string name, params string[] options) =>
        Built.GetOrAdd($"{name} {string.Join(' ', options)}", _ => new Lazy<string>(() => Compile(name, options))).Value;

    private static string Compile(string name, string[] options)
    {
        string program = Path.Combine(Directory.CreateTempSubdirectory("ringwall-probe-").FullName, name);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
        ProcessStartInfo start = new(
            "gcc", ["-O1", "-Wall", "-Wextra", .. options, "-o", program, Path.Combine(Repository.Root, "tests", "probes", $"{name}.c")])
        {
            RedirectStandardError = true,
        };
        using Process? gcc = Process.Start(start);
        Assert.SkipUnless(gcc is not null, "needs gcc (apt install gcc libc6-dev)");
        string said = gcc!.StandardError.ReadToEnd();
        gcc.WaitForExit();
        Assert.True(gcc.ExitCode == 0, said);
        return program;
    }
}

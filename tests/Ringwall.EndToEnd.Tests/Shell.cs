using System.Diagnostics;

namespace Ringwall.EndToEnd.Tests;

/// <summary>Programs, run to their end within a bound.</summary>
internal static class Shell
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static (int Exit, string Out, string Error) Run(string program, params string[] arguments) => RunWithin(Patience, program, arguments);

    public static (int Exit, string Out, string Error) RunWithin(TimeSpan patience, string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        Task<string> complained = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} hangs");
        }

        return (process.ExitCode, said.Result, complained.Result);
    }

    public static string Must(string program, params string[] arguments)
    {
        (int exit, string said, string complained) = Run(program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)} ended with {exit}: {complained}{said}");
        return said;
    }

    /// <summary>Waits until something is so; <paramref name="otherwise"/> says what is known when it never is.</summary>
    public static void Await(Func<bool> condition, string what, Func<string>? otherwise = null)
    {
        long until = Environment.TickCount64 + 120_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, $"not within 120 s: {what}. {otherwise?.Invoke()}");
            Thread.Sleep(50);
        }
    }
}

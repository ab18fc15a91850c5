using System.Diagnostics;

namespace Ringwall.Museum.Staging;

/// <summary>Other programs, run to their end within a bound.</summary>
internal static class Tool
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Somebody wants all of it to end. Whoever waits hears of it, so that what was mounted and started is taken away again.</summary>
    public static CancellationToken Stop { get; set; }

    /// <returns>Exit code 124, as timeout(1) has it, when it had to be killed.</returns>
    public static (int Exit, string Out, string Error) Run(string program, params IEnumerable<string> arguments) => RunWithin(Patience, program, arguments);

    public static (int Exit, string Out, string Error) RunWithin(TimeSpan patience, string program, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new MuseumException($"{program} could not be started");
        process.StandardInput.Close();
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        Task<string> complained = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return (124, "", $"killed after {patience.TotalSeconds:0} s");
        }

        return (process.ExitCode, said.Result, complained.Result);
    }

    /// <exception cref="MuseumException">It did not end well.</exception>
    public static string Must(string program, params IEnumerable<string> arguments)
    {
        string[] all = [.. arguments];
        (int exit, string said, string complained) = Run(program, all);
        return exit == 0 ? said.Trim() : throw new MuseumException($"{program} {string.Join(' ', all)} ended with {exit}: {complained.Trim()} {said.Trim()}");
    }

    /// <summary>Waits until something is so. False: it was not within the patience.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Stop"/></exception>
    public static bool Await(Func<bool> condition, TimeSpan patience)
    {
        for (long until = Environment.TickCount64 + (long)patience.TotalMilliseconds; !condition(); Thread.Sleep(5))
        {
            Stop.ThrowIfCancellationRequested();
            if (Environment.TickCount64 >= until)
            {
                return false;
            }
        }

        return true;
    }
}

using System.Diagnostics;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>strace, attached to a probe.</summary>
internal sealed class Tracer : IDisposable
{
    private readonly Process _strace;
    private readonly string _file;

    private Tracer(Process strace, string file)
    {
        _strace = strace;
        _file = file;
    }

    /// <summary>Why this machine cannot trace; null when it can.</summary>
    public static string? Unavailable()
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            return "there is no strace";
        }

        using Process trial = Process.Start(new ProcessStartInfo("/usr/bin/strace", ["-qq", "-e", "inject=uname:error=EIO", "-o", "/dev/null", "/bin/true"]) { RedirectStandardError = true })!;
        trial.WaitForExit();
        return trial.ExitCode == 0 ? null : $"strace does not work here: {trial.StandardError.ReadToEnd().Trim()}";
    }

    /// <summary>Attaches; the process goes on when this returns.</summary>
    /// <param name="process">Whom.</param>
    /// <param name="file">Where the trace goes.</param>
    /// <param name="expressions">What to trace, what to inject.</param>
    public static Tracer Attach(int process, string file, params string[] expressions)
    {
        Process strace = Process.Start(new ProcessStartInfo(
            "/usr/bin/strace", ["-f", "-y", "-s", "0", "-o", file, .. expressions.SelectMany(e => (string[])["-e", e]), "-p", $"{process}"]) { RedirectStandardError = true })!;
        string? said;
        do
        {
            said = strace.StandardError.ReadLine();
        }
        while (said is not null && !said.Contains(" attached", StringComparison.Ordinal));
        return said is not null ? new Tracer(strace, file) : throw new InvalidOperationException("strace did not attach");
    }

    /// <summary>Lets go of the process, if it still is there, and gives what was seen.</summary>
    public string[] Detach()
    {
        // With its last process strace has ended, too.
        if (Pidfd.TryOpen(_strace.Id, out Pidfd? strace))
        {
            using (strace)
            {
                strace!.TrySignal(Signals.Terminate);
            }
        }

        _strace.WaitForExit();
        return File.ReadAllLines(_file);
    }

    public void Dispose()
    {
        if (!_strace.HasExited)
        {
            _strace.Kill();
        }

        _strace.WaitForExit();
        _strace.Dispose();
    }
}

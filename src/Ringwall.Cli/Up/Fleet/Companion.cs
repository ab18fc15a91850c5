// RS0030: see Programs.cs.
#pragma warning disable RS0030

// Owns:    one process, and the thread that started it. The kernel ends the process when that thread ends (prctl(2), PR_SET_PDEATHSIG), so the thread stays for as long as we do: whatever
//          becomes of this program, nothing of it is left running.
// Threads: any.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ringwall.Wire;

namespace Ringwall.Cli.Up;

/// <summary>A program that runs as long as this one, and no longer.</summary>
internal sealed class Companion : IDisposable
{
    private static readonly TimeSpan PatienceForEnd = TimeSpan.FromSeconds(15);
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Process> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _over = new();
    private readonly Thread _starter;
    private readonly string _name;
    private readonly string _log;
    private readonly StreamWriter _to;

    private Companion(string name, string log, ProcessStartInfo start)
    {
        _name = name;
        _log = log;
        _to = new StreamWriter(log, append: true) { AutoFlush = true };
        _starter = new Thread(() => Run(start)) { Name = name, IsBackground = true };
        _starter.Start();
    }

    /// <summary>Starts it; what it writes goes to a file.</summary>
    /// <param name="name">For people.</param>
    /// <param name="log">The file.</param>
    /// <param name="user">Whom it runs as, without any right; null for us.</param>
    /// <param name="command">The program and its arguments.</param>
    public static async Task<Companion> StartAsync(string name, string log, string? user, IReadOnlyList<string> command)
    {
        Companion companion = new(name, log, Start(user, diesWithUs: true, command));
        await companion._started.Task.ConfigureAwait(false);
        return companion;
    }

    /// <summary>A program as another user, without rights and without a way to any.</summary>
    public static ProcessStartInfo Start(string? user, bool diesWithUs, IReadOnlyList<string> command)
    {
        List<string> arguments = ["--no-new-privs"];
        if (diesWithUs)
        {
            arguments.AddRange(["--pdeathsig", "TERM"]);
        }

        if (user is not null)
        {
            arguments.AddRange([$"--reuid={user}", $"--regid={user}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]);
        }

        return new ProcessStartInfo("setpriv", [.. arguments, "--", .. command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
    }

    /// <summary>Waits until it says something.</summary>
    /// <param name="which">Finds the line.</param>
    /// <param name="patience">How long.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Null when it does not.</returns>
    /// <exception cref="CommandException">It has ended.</exception>
    public async Task<string?> HearAsync(Func<string, bool> which, TimeSpan patience, CancellationToken stop)
    {
        Process process = await _started.Task.ConfigureAwait(false);
        for (long until = Environment.TickCount64 + (long)patience.TotalMilliseconds; Environment.TickCount64 < until;)
        {
            if (_said.FirstOrDefault(which) is { } line)
            {
                return line;
            }

            if (process.HasExited)
            {
                throw new CommandException(ExitCode.NotDone, _name, $"it has ended with {process.ExitCode}: {string.Join(" | ", _said.TakeLast(3))}", $"see {_log}");
            }

            await Task.Delay(50, stop).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Ends it politely, and after a while by force.</summary>
    public void Dispose()
    {
        Process process = _started.Task.GetAwaiter().GetResult();
        if (!process.HasExited)
        {
            Programs.AskToEnd(process.Id);
            if (!process.WaitForExit(PatienceForEnd))
            {
                process.Kill();
                process.WaitForExit();
            }
        }

        _over.Set();
        _starter.Join();
        process.Dispose();
        _over.Dispose();
        _to.Dispose();
    }

    private void Run(ProcessStartInfo start)
    {
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            process.OutputDataReceived += Hear;
            process.ErrorDataReceived += Hear;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            _started.SetResult(process);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            _started.SetException(new CommandException(ExitCode.NotDone, start.FileName, missing.Message, "install util-linux, which has it"));
            return;
        }

        _over.Wait();
    }

    private void Hear(object? sender, DataReceivedEventArgs said)
    {
        if (said.Data is { } line)
        {
            _said.Enqueue(line);
            lock (_to)
            {
                try
                {
                    _to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {line}"));
                }
                catch (ObjectDisposedException)
                {
                    // Its last words after we stopped listening.
                }
            }
        }
    }
}

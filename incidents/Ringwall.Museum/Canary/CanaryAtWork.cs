using System.Diagnostics;
using System.Globalization;
using Ringwall.Museum.Staging;

namespace Ringwall.Museum.Canary;

// Owns:     the canary's processes and the threads that read them.
// Threads:  one reads each process, one runs the tasks; Operations is a copy under the lock.
// Ordering: disposed before the filesystem that it works on is unmounted.

/// <summary>A machine at work: executes, opens, changes, logs in, installs, all the time, and notes how long each took.</summary>
internal sealed class CanaryAtWork : IDisposable
{
    private const int LongTaskMs = 60_000;
    private readonly string _root;
    private readonly List<Process> _processes = [];
    private readonly List<Thread> _threads = [];
    private readonly Lock _guard = new();
    private readonly List<Operation> _operations = [];
    private volatile bool _ends;
    private volatile Process? _task;

    /// <param name="root">The small root that it works in.</param>
    /// <param name="whole">Whether it logs in and installs, too; otherwise it only executes and opens.</param>
    public CanaryAtWork(string root, bool whole = true)
    {
        _root = root;
        string[] files = [.. Enumerable.Range(0, SmallRoot.Files).Select(SmallRoot.FilePath)];
        Start(OperationKind.Exec, "exec", 20, "/usr/bin/nothing", "/home/ann/tool-0", "/home/ann/tool-1", "/home/ann/tool-2", "/home/ann/tool-3", "/home/ann/tool-4");
        Start(OperationKind.Open, "open", 10, [.. files, .. SmallRoot.Opened]);
        if (whole)
        {
            Start(OperationKind.Watch, "watch", 20, [.. Enumerable.Range(0, SmallRoot.Files).Select(i => $"/home/ann/known-bad-{i}")]);
            Start(OperationKind.Change, "change", 30, [.. Enumerable.Range(0, 8).Select(i => $"/tmp/change-{i}")]);
            Thread tasks = new(RunTasks) { Name = "canary tasks", IsBackground = true };
            _threads.Add(tasks);
            tasks.Start();
        }
    }

    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_guard)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>Ends it. What hangs in the kernel is left behind, killed.</summary>
    public void Dispose()
    {
        if (_ends)
        {
            return;
        }

        _ends = true;
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
        }

        foreach (Process process in _processes)
        {
            if (!process.WaitForExit(15_000))
            {
                process.Kill();
            }
        }

        try
        {
            _task?.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }

        foreach (Thread thread in _threads)
        {
            thread.Join(LongTaskMs);
        }

        _processes.ForEach(process => process.Dispose());
    }

    /// <summary>Begins with what nobody had done before.</summary>
    public void Cue()
    {
        Start(OperationKind.Cue, "open", 60, [.. Enumerable.Range(0, SmallRoot.Shortcuts).SelectMany(i => (string[])[$"/srv/cue/packed-{i}", $"/home/ann/shortcut-{i}.desktop"])]);
        Start(OperationKind.Cue, "open", 20, [.. Enumerable.Range(0, SmallRoot.Papers).Select(i => $"/home/ann/papers/paper-{i}")]);
        Start(OperationKind.Cue, "change", 200, "/srv/cue/file");
        Start(OperationKind.Cue, "connect", 200, "loopback");
    }

    /// <summary>Two programs that are started together, again and again.</summary>
    public void Pipeline()
    {
        Start(OperationKind.Exec, "exec", 50, "/usr/bin/producer");
        Start(OperationKind.Exec, "exec", 50, "/usr/bin/consumer");
    }

    private void Start(OperationKind kind, string word, int pauseMs, params IEnumerable<string> paths)
    {
        Process process = Process.Start(new ProcessStartInfo(
            Programs.Canary, [_root, word, pauseMs.ToString(CultureInfo.InvariantCulture), .. paths]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new MuseumException("the canary could not be started");
        _processes.Add(process);
        Thread reader = new(() => Read(process, kind)) { Name = $"canary {kind}", IsBackground = true };
        _threads.Add(reader);
        reader.Start();
    }

    private void Read(Process process, OperationKind kind)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ', 5);
            Note(new Operation(kind, long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture), parts[4]));
        }
    }

    private void RunTasks()
    {
        while (!_ends)
        {
            Perform(OperationKind.Login, "/usr/bin/bash", "-lc", "id -u; ls /home/ann >/dev/null; cat /etc/passwd >/dev/null");
            if (!_ends)
            {
                Perform(OperationKind.Install, "/usr/bin/bash", "-c", $"export PATH=/usr/bin:/usr/sbin; dpkg --force-unsafe-io -i {SmallRoot.Package} && cat /opt/museum/file-3 && dpkg --force-unsafe-io --purge museum-package");
            }
        }
    }

    private void Perform(OperationKind kind, params string[] command)
    {
        long started = Stopwatch.GetTimestamp();
        using Process task = Process.Start(new ProcessStartInfo("chroot", [_root, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new MuseumException("chroot could not be started");
        _task = task;
        Task<string> said = task.StandardOutput.ReadToEndAsync();
        Task<string> complained = task.StandardError.ReadToEndAsync();
        if (!task.WaitForExit(LongTaskMs))
        {
            task.Kill(entireProcessTree: true);
            task.WaitForExit();
        }

        _task = null;
        if (!_ends)
        {
            Note(new Operation(kind, started, Stopwatch.GetTimestamp() - started, task.ExitCode, task.ExitCode == 0 ? "" : $"{complained.Result}{said.Result}".Trim()));
        }
    }

    private void Note(Operation operation)
    {
        lock (_guard)
        {
            _operations.Add(operation);
        }
    }
}

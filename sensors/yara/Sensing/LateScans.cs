// Owns:         copies of descriptors that wait, one thread with a scanner and a buffer, what was found by file identity.
// Does not own: the rule set.
// Threads:      Add and TryRecall from any; one lock, held only to look at or change the collections.
// Ordering:     first come, first scanned. Started before the first Add, disposed after the last.
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Ringwall.Sdk;
using Ringwall.Sensors.Yara.Abi;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Reading;

namespace Ringwall.Sensors.Yara.Sensing;

/// <summary>Finishes scans that took longer than an ask may, and remembers what they found.</summary>
internal sealed class LateScans : IDisposable
{
    // Each holds a descriptor and, while scanned, its file in memory.
    private const int LongestQueue = 16;

    // Some 200 bytes each. When it is full the oldest is forgotten, and its file scanned anew.
    private const int Remembered = 4096;

    private readonly RuleSet _rules;
    private readonly YaraSensorSettings _settings;
    private readonly Action<LateResult, Finding> _tell;
    private readonly object _gate = new();
    private readonly Queue<Task> _queue = new();
    private readonly Dictionary<FileIdentity, LateResult> _results = [];
    private readonly Queue<FileIdentity> _oldest = new();
    private readonly Thread _thread;
    private bool _closed;

    public LateScans(RuleSet rules, YaraSensorSettings settings, Action<LateResult, Finding> tell)
    {
        _rules = rules;
        _settings = settings;
        _tell = tell;
        _thread = new Thread(Work) { IsBackground = true, Name = "late scans" };
    }

    public void Start() => _thread.Start();

    /// <summary>What is known about a file in exactly this state.</summary>
    public bool TryRecall(FileIdentity file, [NotNullWhen(true)] out LateResult? result)
    {
        lock (_gate)
        {
            return _results.TryGetValue(file, out result);
        }
    }

    /// <summary>Takes a file on, with a copy of its descriptor. False: too many wait, or it is in hand already.</summary>
    public bool Add(FileIdentity file, int descriptor, ReadOnlySpan<byte> path, Finding about)
    {
        lock (_gate)
        {
            if (_closed || _queue.Count >= LongestQueue || _results.ContainsKey(file))
            {
                return false;
            }
        }

        SafeFileHandle copy = libc_files.fcntl(descriptor, libc_files.F_DUPFD_CLOEXEC, 0);
        if (copy.IsInvalid)
        {
            copy.Dispose();
            return false;
        }

        var task = new Task(file, copy, path.ToArray(), about);
        lock (_gate)
        {
            if (!_closed && RememberNeedsLock(file, LateResult.Waiting))
            {
                _queue.Enqueue(task);
                Monitor.Pulse(_gate);
                return true;
            }
        }

        copy.Dispose();
        return false;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            while (_queue.TryDequeue(out Task? task))
            {
                task.Descriptor.Dispose();
            }

            Monitor.Pulse(_gate);
        }

        if (_thread.ThreadState != ThreadState.Unstarted)
        {
            _thread.Join();
        }
    }

    private bool RememberNeedsLock(FileIdentity file, LateResult result)
    {
        if (!_results.TryAdd(file, result))
        {
            return false;
        }

        _oldest.Enqueue(file);
        if (_oldest.Count > Remembered)
        {
            _results.Remove(_oldest.Dequeue());
        }

        return true;
    }

    private void Work()
    {
        using var content = new FileContent();
        using var scanner = new Scanner(_rules);
        while (Take() is { } task)
        {
            LateResult result;
            using (task.Descriptor)
            {
                result = Scan(task, scanner, content);
            }

            content.Shrink();
            lock (_gate)
            {
                // Unless it was forgotten meanwhile.
                if (_results.ContainsKey(task.File))
                {
                    _results[task.File] = result;
                }
            }

            _tell(result, task.About);
        }
    }

    private LateResult Scan(Task task, Scanner scanner, FileContent content)
    {
        int descriptor = (int)task.Descriptor.DangerousGetHandle();
        switch (content.Read(descriptor, task.File.Size, _settings.LargestFile))
        {
            case ReadOutcome.TooLarge:
                return Unknown($"it is larger than {_settings.LargestFile >> 20} MiB");
            case ReadOutcome.Refused:
                return Unknown($"it cannot be read (errno {content.Errno})");
        }

        ScanOutcome outcome = scanner.Scan(content.Bytes, task.Path, _settings.LongestLateScan);

        // What was read may be neither the state that was asked about nor the one that is there now.
        if (!FileIdentity.TryOf(descriptor, out FileIdentity now) || now != task.File)
        {
            return Unknown("it changed meanwhile");
        }

        return outcome switch
        {
            ScanOutcome.Clean => LateResult.Clean,
            ScanOutcome.Matched => new LateResult(true, scanner.Matches(), ""),
            ScanOutcome.Unfinished => Unknown($"the scan was not finished after {_settings.LongestLateScan.TotalSeconds:0.#} s"),
            _ => Unknown(YaraError.Words(scanner.Error)),
        };
    }

    private static LateResult Unknown(string why) => new(false, [], why);

    private Task? Take()
    {
        lock (_gate)
        {
            while (!_closed)
            {
                if (_queue.TryDequeue(out Task? task))
                {
                    return task;
                }

                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    private sealed record Task(FileIdentity File, SafeFileHandle Descriptor, byte[] Path, Finding About);
}

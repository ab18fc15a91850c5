using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Replays;

// Owns:    a thread and its own connection to the host.
// Threads: the thread fills the list under the lock; readers get copies.

/// <summary>Looks at the host's status every few milliseconds and keeps what it saw; of a long course, only the latest.</summary>
internal sealed class Sightings : IDisposable
{
    private const int EveryMs = 15;
    private readonly HostLine _line;
    private readonly Thread _thread;
    private readonly Lock _guard = new();
    private readonly List<StatusSample> _samples = [];
    private readonly List<(long AtNs, string Text)> _advisories = [];
    private readonly string _findings;
    private long _read;
    private readonly bool _keepAll;
    private volatile bool _ends;

    public Sightings(Guard guard, bool keepAll = true)
    {
        _keepAll = keepAll;
        _line = new HostLine(guard.RunDirectory);
        _findings = Path.Combine(guard.StateDirectory, "findings.jsonl");
        _thread = new Thread(Look) { Name = "sightings", IsBackground = true };
        _thread.Start();
    }

    public IReadOnlyList<StatusSample> Samples
    {
        get
        {
            lock (_guard)
            {
                return [.. _samples];
            }
        }
    }

    public StatusSample? Latest
    {
        get
        {
            lock (_guard)
            {
                return _samples.LastOrDefault();
            }
        }
    }

    /// <summary>Samples that were taken later than this have seen what is done now: each is dated when it has been read.</summary>
    public static long FreshFrom => Stopwatch.GetTimestamp() + 200_000_000;

    /// <summary>When each denial that was not applied, and each request against something protected, was first seen, and why nothing came of it.</summary>
    public IReadOnlyList<(long AtNs, string Text)> Advisories
    {
        get
        {
            lock (_guard)
            {
                return [.. _advisories];
            }
        }
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
        _line.Dispose();
    }

    private void Look()
    {
        for (; !_ends; Thread.Sleep(EveryMs))
        {
            HostStatus? status = _line.Status();
            IReadOnlyList<GenerationSeen> generations = _line.Generations(Scene.Subject);
            int pid = status?.Sensors.FirstOrDefault(sensor => sensor.Name == Scene.Subject)?.Pid ?? 0;
            StatusSample sample = new(Stopwatch.GetTimestamp(), status, ProcessorUse.NsOf(pid), generations);
            IReadOnlyList<string> advisories = NewAdvisories();
            lock (_guard)
            {
                if (!_keepAll)
                {
                    _samples.Clear();
                    _advisories.Clear();
                }

                _samples.Add(sample);
                _advisories.AddRange(advisories.Select(text => (sample.AtNs, text)));
            }
        }
    }

    private List<string> NewAdvisories()
    {
        List<string> found = [];
        FileInfo file = new(_findings);
        if (!file.Exists || file.Length <= _read)
        {
            return found;
        }

        using FileStream stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = _read;
        byte[] bytes = new byte[file.Length - _read];
        stream.ReadExactly(bytes);
        int whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        _read += whole;
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // A full disk tears a line.
            if (!IsWhole(line))
            {
                continue;
            }

            using JsonDocument finding = JsonDocument.Parse(line);
            if (finding.RootElement.TryGetProperty("unmapped", out JsonElement unmapped) && unmapped.TryGetProperty("not_applied", out JsonElement why))
            {
                found.Add($"a denial was not applied: {why.GetString()}");
            }
            else if (line.Contains("\"ringwall.response.quarantine.protected\"", StringComparison.Ordinal))
            {
                found.Add("a quarantine was refused: what was to be taken is protected");
            }
        }

        return found;
    }

    private static bool IsWhole(string line)
    {
        try
        {
            using JsonDocument finding = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

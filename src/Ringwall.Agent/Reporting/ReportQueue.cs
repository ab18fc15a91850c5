// Owns:     STATE/reports: one file for each report that the server does not have yet, under its sequence number, and last.json.
// Threads:  one at a time.
// Ordering: a report is on the disk before the host is told to forget its facts; last.json before reports go that the server has. Killed between any two steps, the next agent tells
//           the server again what it may have already, under the same number, and nothing twice under two.

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Reporting;

/// <summary>
/// Reports that wait for the server. Sequence numbers follow the clock and never go back: whatever a power cut takes from the disk, a number is not used again for another report.
/// </summary>
internal sealed class ReportQueue
{
    public const int Most = 1024;
    public const long MostBytes = 16 * 1024 * 1024;
    private const string LastName = "last.json";
    private const string Ending = ".report.json";
    private readonly string _folder;
    private readonly int _most;
    private readonly SortedDictionary<long, Waiting> _waiting = [];
    private long _bytes;
    private QueueMark _last;

    private ReportQueue(string folder, int most)
    {
        _folder = folder;
        _most = most;
        _last = new QueueMark();
    }

    public int Count => _waiting.Count;

    /// <summary>The number of the last facts of the host that are on this disk, or with the server.</summary>
    public long Facts => _last.Facts;

    /// <summary>Reports that were given up.</summary>
    public long Lost => _last.Lost;

    /// <exception cref="IOException">The disk refused.</exception>
    public static ReportQueue Open(string stateDirectory, int most = Most)
    {
        ReportQueue queue = new(Path.Combine(stateDirectory, "reports"), most);
        AgentFiles.MakeFolder(queue._folder);
        queue.Read();
        return queue;
    }

    /// <summary>Puts a report at the end. When there is no room the oldest goes that tells of nothing that went wrong, or, when all do, the oldest.</summary>
    /// <param name="report">As the host made it; sequence and awake minutes are set here.</param>
    /// <param name="facts">Its number, by the host.</param>
    /// <param name="awake">Milliseconds that this boot has been awake.</param>
    /// <param name="minute">How long a rollout's minute is, in milliseconds.</param>
    /// <exception cref="IOException">The disk refused. The report is not taken, and the host tells its facts again.</exception>
    public void Add(DeviceReport report, long facts, long awake, long minute)
    {
        long sequence = Math.Max(_last.Sequence + 1, report.At);
        long since = _last.Boot == report.Boot ? awake - _last.Awake : awake;
        DeviceReport numbered = report with { Sequence = sequence, AwakeMinutes = (int)Math.Clamp(since / Math.Max(1, minute), 0, int.MaxValue) };

        // What is left of a minute counts to the next report's.
        QueuedReport queued = new() { Facts = facts, Awake = awake - (since % Math.Max(1, minute)), Report = numbered };
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(queued, QueueJson.Default.QueuedReport);
        MakeRoom(text.Length);
        AgentFiles.Replace(PathOf(sequence), text);
        Enter(sequence, queued, text.Length);
        _last = _last with { Sequence = sequence, Facts = Math.Max(_last.Facts, facts), Boot = report.Boot, Awake = queued.Awake };
    }

    /// <summary>The oldest reports, as many as one batch may have.</summary>
    public IReadOnlyList<DeviceReport> Next()
    {
        List<DeviceReport> batch = [];
        long bytes = 64;
        foreach ((long sequence, Waiting waiting) in _waiting)
        {
            bytes += waiting.Bytes;
            if (batch.Count == DeviceLimits.Reports || (bytes > DeviceLimits.BatchBytes && batch.Count > 0))
            {
                break;
            }

            if (ReadOne(PathOf(sequence)) is { } queued)
            {
                batch.Add(queued.Report);
            }
        }

        return batch;
    }

    /// <summary>The server has all up to this number.</summary>
    /// <exception cref="IOException">The disk refused. They are sent again, which changes nothing.</exception>
    public void Acknowledged(long sequence)
    {
        // A server that knows higher numbers than we do: our disk was set back.
        _last = _last with { Sequence = Math.Max(_last.Sequence, sequence) };
        Save();
        foreach (long one in _waiting.Keys.TakeWhile(one => one <= sequence).ToArray())
        {
            Remove(one);
        }
    }

    /// <summary>Gives up one that the server cannot read.</summary>
    public void GiveUp(long sequence)
    {
        _last = _last with { Lost = _last.Lost + 1 };
        Save();
        Remove(sequence);
    }

    private string PathOf(long sequence) => Path.Combine(_folder, sequence.ToString("D19", CultureInfo.InvariantCulture) + Ending);

    private void MakeRoom(int bytes)
    {
        while (_waiting.Count > 0 && (_waiting.Count >= _most || _bytes + bytes > MostBytes))
        {
            long goes = _waiting.Where(one => !one.Value.Tells).Select(one => one.Key).DefaultIfEmpty(_waiting.Keys.First()).First();
            _last = _last with { Lost = _last.Lost + 1 };
            Save();
            Remove(goes);
        }
    }

    private void Save() => AgentFiles.Replace(Path.Combine(_folder, LastName), JsonSerializer.SerializeToUtf8Bytes(_last, QueueJson.Default.QueueMark));

    private void Remove(long sequence)
    {
        File.Delete(PathOf(sequence));
        if (_waiting.Remove(sequence, out Waiting gone))
        {
            _bytes -= gone.Bytes;
        }
    }

    private void Enter(long sequence, QueuedReport queued, int bytes)
    {
        _waiting[sequence] = new Waiting(bytes, queued.Report.Harms.Count + queued.Report.Probations.Count > 0);
        _bytes += bytes;
    }

    private void Read()
    {
        try
        {
            string last = Path.Combine(_folder, LastName);
            _last = File.Exists(last) ? JsonSerializer.Deserialize(File.ReadAllBytes(last), QueueJson.Default.QueueMark) ?? _last : _last;
        }
        catch (JsonException)
        {
            // Numbers follow the clock, and the host tells its facts again: what the server has twice it has under two numbers, which is better than not at all.
        }

        foreach (string file in AgentFiles.List(_folder).Where(file => file.EndsWith(Ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (ReadOne(file) is not { } queued)
            {
                File.Delete(file);
                continue;
            }

            Enter(queued.Report.Sequence, queued, (int)new FileInfo(file).Length);
            if (queued.Report.Sequence > _last.Sequence)
            {
                _last = _last with { Sequence = queued.Report.Sequence, Facts = Math.Max(_last.Facts, queued.Facts), Boot = queued.Report.Boot, Awake = queued.Awake };
            }
        }
    }

    private static QueuedReport? ReadOne(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), QueueJson.Default.QueuedReport);
        }
        catch (Exception none) when (none is JsonException or FileNotFoundException)
        {
            return null;
        }
    }

    private readonly record struct Waiting(long Bytes, bool Tells);
}

/// <summary>One report on the disk.</summary>
internal sealed record QueuedReport
{
    public required long Facts { get; init; }

    public required long Awake { get; init; }

    public required DeviceReport Report { get; init; }
}

/// <summary>What outlives the reports.</summary>
internal sealed record QueueMark
{
    public long Sequence { get; init; }

    public long Facts { get; init; }

    public string Boot { get; init; } = "";

    public long Awake { get; init; }

    public long Lost { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueuedReport))]
[JsonSerializable(typeof(QueueMark))]
internal sealed partial class QueueJson : JsonSerializerContext;

// Owns:    status.json in the agent's state directory, and what was complained of.
// Threads: one at a time.

using System.Reflection;
using System.Text.Json;
using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Reporting;
using Ringwall.Wire.Door;

namespace Ringwall.Agent.Running;

/// <summary>What the agent shows of itself: its status file, and a line on standard error when something begins or ceases to be a trouble.</summary>
internal sealed class AgentJournal(string stateDirectory, TextWriter complaints, TimeProvider clock)
{
    private readonly SortedDictionary<string, string> _troubles = new(StringComparer.Ordinal);
    private readonly long _since = clock.GetUtcNow().ToUnixTimeMilliseconds();
    private Enrolled? _enrolled;
    private long? _contact;
    private long? _refresh;
    private long? _report;
    private IReadOnlyList<DoorRelease> _releases = [];
    private bool _diskRefuses;

    public static string Version { get; } =
        typeof(AgentJournal).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public bool HostAnswers { get; set; }

    public TimeSpan? ClockAhead { get; set; }

    /// <summary>What does not work now, in words.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles.Values;

    public IReadOnlyList<DoorRelease> Releases => _releases;

    public void Enrolled(Enrolled enrolled) => _enrolled = enrolled;

    public void Contact(DateTimeOffset now) => _contact = now.ToUnixTimeMilliseconds();

    public void Refreshed(IReadOnlyList<DoorRelease> releases, DateTimeOffset now)
    {
        _releases = releases;
        _refresh = now.ToUnixTimeMilliseconds();
    }

    public void Installed(DoorRelease release, DoorReply reply)
    {
        if (reply.Error is null)
        {
            Say(reply.Said ?? release.Path);
        }

        _releases =
        [
            .. _releases.Select(one => one.Path != release.Path ? one : one with
            {
                Standing = reply.Error is null ? DoorStanding.Installed : DoorStanding.Refused, Because = reply.Error?.Reason ?? "it was brought to the host",
            }),
        ];
    }

    public void Reported(DateTimeOffset now)
    {
        _report = now.ToUnixTimeMilliseconds();
        Clear("server");
    }

    /// <summary>Something does not work.</summary>
    /// <param name="what">The same word as long as it is the same thing.</param>
    /// <param name="words">For people.</param>
    public void Trouble(string what, string words)
    {
        if (_troubles.GetValueOrDefault(what) != words)
        {
            _troubles[what] = words;
            Say(words);
        }
    }

    /// <summary>It works.</summary>
    public void Clear(string what) => _troubles.Remove(what);

    public void Tell(string what, string? trouble)
    {
        if (trouble is null)
        {
            Clear(what);
        }
        else
        {
            Trouble(what, trouble);
        }
    }

    /// <summary>Brings it to the disk. A full disk keeps nobody from working.</summary>
    public void Write(ReportQueue queue, TimeProvider now)
    {
        AgentStatus status = new()
        {
            Version = Version,
            Pid = Environment.ProcessId,
            Since = _since,
            Now = now.GetUtcNow().ToUnixTimeMilliseconds(),
            Device = _enrolled?.Device,
            Ring = _enrolled?.Ring,
            Server = _enrolled?.Server.ToString(),
            HostAnswers = HostAnswers,
            LastContact = _contact,
            LastRefresh = _refresh,
            LastReport = _report,
            Queued = queue.Count,
            LostReports = queue.Lost,
            ClockAhead = (long?)ClockAhead?.TotalMilliseconds,
            Troubles = [.. _troubles.Values],
            Releases = _releases,
        };
        try
        {
            AgentFiles.Replace(Path.Combine(stateDirectory, AgentStatus.FileName), JsonSerializer.SerializeToUtf8Bytes(status, AgentStatusJson.Default.AgentStatus), AgentFiles.Readable, isLasting: false);
            _diskRefuses = false;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (!_diskRefuses)
            {
                Say(refused.Message);
            }

            _diskRefuses = true;
        }
    }

    private void Say(string words) => complaints.WriteLine($"ringwall-agent: {words}");
}

using Ringwall.Contract;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver.Asks;
using Ringwall.Host.Findings;

namespace Ringwall.Host.Deliver;

// Owns:     the inbox. Does not own the socket: supervision made it and closes it, after Unseat has returned.
// Threads:  made by supervision. Once seated, the answering thread alone receives from the socket; any thread may send.

/// <summary>One started and welcomed sensor, as the parts that ask and tell it see it.</summary>
/// <param name="name">The sensor's name.</param>
/// <param name="generation">Which of its generations this is.</param>
/// <param name="socket">The host's end of its socket.</param>
/// <param name="asks">What it is asked.</param>
/// <param name="tells">What it is told.</param>
/// <param name="wantsDescriptor">Whether asks carry the file's descriptor.</param>
/// <param name="pid">Its process, as the host sees it.</param>
internal sealed class SensorSeat(
    string name, long generation, SensorSocket socket, AskKinds asks, TellKinds tells, bool wantsDescriptor, int pid) : IDisposable
{
    private long _nonsense;
    private long _findings;

    public string Name { get; } = name;

    public long Generation { get; } = generation;

    public SensorSocket Socket { get; } = socket;

    public AskKinds Asks { get; } = asks;

    public TellKinds Tells { get; } = tells;

    public bool WantsDescriptor { get; } = wantsDescriptor;

    public int Pid { get; } = pid;

    /// <summary>Who is named when it denies something.</summary>
    public FindingSource Source { get; init; } = new(name, "", "", "", (int)generation);

    /// <summary>How much its generation may deny; null when there is no bound.</summary>
    public DenyBudget? Budget { get; init; }

    public SeatCounters Counters { get; } = new();

    public SeatInbox Inbox { get; } = new();

    /// <summary>Its place among the seats, given by the answering thread; -1 when not seated.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>The sensor has closed its end. Set by the answering thread.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>A message that the answering thread took for a finding made no sense. Supervision's thread.</summary>
    public void CountNonsense() => Interlocked.Increment(ref _nonsense);

    /// <summary>Messages that made no sense only when they were looked into.</summary>
    public long Nonsense => Interlocked.Read(ref _nonsense);

    /// <summary>A finding made sense. Supervision's thread.</summary>
    public void CountFinding() => Interlocked.Increment(ref _findings);

    /// <summary>Findings that made sense.</summary>
    public long Findings => Interlocked.Read(ref _findings);

    public void Dispose() => Inbox.Dispose();
}

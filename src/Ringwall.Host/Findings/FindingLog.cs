using System.Collections.Concurrent;
using System.Text.Json;
using Ringwall.Contract;
using Ringwall.Host.Control;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Polling;
using Ringwall.Wire.Control;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Findings;

// Owns:         the findings file, the followers' queues.
// Does not own: what a finding means.
// Threads:      Report from any thread but the answering one: it allocates, and DenialRing is that one's way. One thread of its own composes and writes.
// Bounds:       WaitingAtMost findings wait to be written, each follower's queue holds QueueAtMost; whatever does not fit is dropped and counted. A sensor has an allowance, so that one that shouts does not drown the others,
//               and the host's records of its denials another, so that it does not drown those either.

/// <summary>Where findings go: cleaned, counted, written as OCSF JSON lines, and handed to those who follow.</summary>
internal sealed class FindingLog : IFindingFeed, IDisposable
{
    private const int WaitingAtMost = 4096;
    private const int QueueAtMost = 1024;
    private const int Burst = 200;
    private const int PerSecond = 50;

    // Over hours: what one sensor reports without end must not push all others out of the file.
    private const int LongBurst = 6000;
    private const int LongPerSecond = 2;

    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private readonly FindingFile _file;
    private readonly Composition _composition;
    private readonly TimeProvider _clock;
    private readonly Followers<DetectionFinding> _followers = new(QueueAtMost);
    private readonly Dictionary<(string Sensor, bool OfHost), (Allowance Soon, Allowance Long)> _allowances = [];    // guarded by itself
    private readonly DenialRing? _denials;
    private readonly ProcessTable? _processes;
    private readonly WakeUp _wake;
    private readonly Thread _writer;
    private volatile bool _ending;
    private long _sequence;
    private long _written;
    private long _dropped;
    private long _malformed;

    /// <param name="denials">What the answering thread denied; null when there is none. It wakes this log's thread, and its wake-up belongs to this log from now on.</param>
    /// <param name="processes">Where those who were denied are looked for.</param>
    public FindingLog(FindingFile file, Machine machine, TimeProvider clock, DenialRing? denials = null, ProcessTable? processes = null)
    {
        _file = file;
        _composition = new Composition(machine);
        _clock = clock;
        _denials = denials;
        _processes = processes;
        _sequence = Last(16).LastOrDefault()?.Metadata.Sequence ?? 0;      // more than one, as a crash leaves lines that are none
        _wake = denials?.Wake ?? new WakeUp();
        _writer = new Thread(Write) { Name = "findings", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Whether each sensor has an allowance. Not so in rehearsals that leave that guard out.</summary>
    public bool IsBounded { get; init; } = true;

    public FindingFigures Figures =>
        new(Interlocked.Read(ref _written), Interlocked.Read(ref _dropped) + (_denials?.Dropped ?? 0), Interlocked.Read(ref _malformed));

    /// <summary>Takes one message of a sensor. False: it makes no sense, which is a strike for the sensor.</summary>
    public bool Report(FindingSource source, ReadOnlySpan<byte> message)
    {
        if (!FindingMessage.TryRead(message, out FindingMessage said))
        {
            Interlocked.Increment(ref _malformed);
            return false;
        }

        Report(source, said);
        return true;
    }

    public void Report(FindingSource source, FindingMessage said) => Enqueue(source, ofHost: false, (stamp) => _composition.Compose(source, said, stamp));

    /// <summary>What the host itself has to say about a sensor: seldom, and never dropped for what the sensor says.</summary>
    public void ReportOfHost(FindingSource source, FindingMessage said) =>
        Enqueue(source, ofHost: true, (stamp) => _composition.Compose(source, said, stamp), always: true);

    public void Report(FindingSource source, Denial denial) => Enqueue(source, ofHost: true, (stamp) => _composition.Compose(source, denial, stamp));

    public IEnumerable<DetectionFinding> Last(int count) => _file.Last(count).Select(Read).OfType<DetectionFinding>();

    public IFollower<DetectionFinding> Follow() => _followers.Add();

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        _ending = true;
        _wake.Set();
        _writer.Join();
        _followers.Dispose();
        _file.Dispose();
        _wake.Dispose();
    }

    private void Enqueue(FindingSource source, bool ofHost, Func<FindingStamp, DetectionFinding> compose, bool always = false)
    {
        long sequence = Interlocked.Increment(ref _sequence);
        DateTimeOffset now = _clock.GetUtcNow();
        long droppedBefore;
        lock (_allowances)
        {
            // Not the wall clock: that one may be set back.
            long nowMs = (long)_clock.GetElapsedTime(0).TotalMilliseconds;
            if (!_allowances.TryGetValue((source.Name, ofHost), out (Allowance Soon, Allowance Long) allowance))
            {
                allowance = (new Allowance(Burst, PerSecond, nowMs), new Allowance(LongBurst, LongPerSecond, nowMs));
                _allowances.Add((source.Name, ofHost), allowance);
            }

            if (IsBounded && !(allowance.Soon.TryTake(nowMs) && allowance.Long.TryTake(nowMs)) && !always)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            droppedBefore = allowance.Soon.TakeRefused() + allowance.Long.TakeRefused();
        }

        FindingStamp stamp = new(Guid.CreateVersion7(now).ToString(), sequence, now.ToUnixTimeMilliseconds(), droppedBefore);
        if (_waiting.Count >= WaitingAtMost)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        _waiting.Enqueue(new Waiting(stamp, compose));
        _wake.Set();
    }

    private void Write()
    {
        while (true)
        {
            bool last = _ending;
            _wake.Clear();
            _denials?.Drain(this, _processes);
            while (_waiting.TryDequeue(out Waiting? next))
            {
                Keep(next.Compose(next.Stamp));
            }

            if (last)
            {
                return;
            }

            if (!_ending)
            {
                Poll.Readable([_wake.Handle], milliseconds: -1);
            }
        }
    }

    private void Keep(DetectionFinding finding)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(finding, ControlReplyJson.Lines.DetectionFinding), (byte)'\n'];
        try
        {
            _file.Append(line);
            Interlocked.Increment(ref _written);
        }
        catch (IOException)
        {
            // A full disk must not end the host; the count says that something is missing, and followers still get it.
            Interlocked.Increment(ref _dropped);
        }

        _followers.Publish(finding);
    }

    // A crash leaves a line by half, and a reader may come upon one that is being written: that one comes to its followers.
    private static DetectionFinding? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ControlReplyJson.Lines.DetectionFinding);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Waiting(FindingStamp Stamp, Func<FindingStamp, DetectionFinding> Compose);
}

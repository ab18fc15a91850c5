using Ringwall.Contract;
using Ringwall.Host.Control;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Journal;

// Owns:      a reader of the journal and, later, a follower of what comes.
// Threads:   one reads.
// Ordering:  the journal to its end; then following begins; then what the journal got until then, which is little; then what comes. Of what is in both,
//            the journal's goes first and the follower's is left out: each event by its number, which counts within its source and this host's life. A
//            loss has no number; the follower's is left out when it was told before the journal was read for the last time.

/// <summary>The journal's events from a moment on, and, if wanted, those that come after.</summary>
internal sealed class JournalFollower(EventJournal journal, EventFilter filter, DateTimeOffset since, Func<IFollower<EventLine>>? follow) : IFollower<EventLine>
{
    private readonly JournalReader _reader = journal.Tells.Since(since);
    private readonly long[] _last = new long[TellHub.Sources];      // the number of this life's latest event that the journal had
    private IFollower<EventLine>? _coming;
    private DateTimeOffset _readUntil;
    private Part _part = Part.Flush;

    private enum Part
    {
        Flush,
        Journal,
        LastFlush,
        JournalsEnd,
        Coming,
    }

    public long Missed => _coming?.Missed ?? 0;

    public async ValueTask<EventLine?> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            switch (_part)
            {
                case Part.Flush:
                    await journal.FlushAsync().WaitAsync(stop).ConfigureAwait(false);
                    _part = Part.Journal;
                    break;
                case Part.LastFlush:
                    _readUntil = DateTimeOffset.UtcNow;
                    await journal.FlushAsync().WaitAsync(stop).ConfigureAwait(false);
                    _part = Part.JournalsEnd;
                    break;
                case Part.Journal or Part.JournalsEnd:
                    stop.ThrowIfCancellationRequested();
                    if (FromJournal() is { } kept)
                    {
                        return kept;
                    }

                    if (follow is null)
                    {
                        return null;
                    }

                    _coming ??= follow();
                    _part = _part == Part.Journal ? Part.LastFlush : Part.Coming;
                    break;
                default:
                    EventLine? next = await _coming!.NextAsync(stop).ConfigureAwait(false);
                    if (next is null || !IsKnown(next))
                    {
                        return next;
                    }

                    break;
            }
        }
    }

    public void Dispose()
    {
        _coming?.Dispose();
        _reader.Dispose();
    }

    private EventLine? FromJournal()
    {
        while (_reader.TryNext(out JournalRecord record))
        {
            if (record.Kind != JournalRecordKind.Tell || !TellReader.TryRead(record.Payload, out TellReader tell))
            {
                continue;
            }

            int source = TellHub.IndexOf(tell.Source);
            if (_reader.Run == journal.Run && tell.Sequence > 0 && source < TellHub.Sources)
            {
                _last[source] = (long)tell.Sequence;
            }

            if (EventLines.From(record.Payload) is { } line && line.Time >= since && filter.Wants(line))
            {
                return line;
            }
        }

        return null;
    }

    private bool IsKnown(EventLine line)
    {
        if (line.Kind == EventKinds.Loss)
        {
            return line.Time <= _readUntil;
        }

        return Enum.TryParse(line.Source, ignoreCase: true, out TellKinds source) && line.Sequence <= _last[TellHub.IndexOf(source)];
    }
}

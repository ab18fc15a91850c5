using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Journal;

// Owns:      one open segment and a buffer.
// Threads:   one; beside the writer, which only appends, and takes whole segments away.
// Ordering:  a segment is finished before the next one is begun. So its end is the end of it once there is a next one, and has to be looked
//            at once more after that was seen.
// Torn:      what is not a whole record with its checksum is never handed out. The rest of that segment is passed over: without a whole
//            record nothing says where the next one begins.

/// <summary>
/// Reads a journal's folder from its oldest record, or from a later one, to its end; asked again, it goes on with what has come since.
/// </summary>
internal sealed class JournalReader : IDisposable
{
    private readonly string _folder;
    private readonly long _sinceNs;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(JournalFrame.LongestFrame + (64 * 1024));
    private SafeFileHandle? _segment;
    private long _number;
    private long _at;           // where in the segment the buffer's first byte is
    private int _start;
    private int _end;
    private bool _lookedAnew;
    private long _skip;

    /// <param name="folder">The journal's.</param>
    /// <param name="sinceNs">Records that came before are passed over.</param>
    /// <param name="firstSegment">The first segment to look into.</param>
    /// <param name="skip">So many records are passed over.</param>
    public JournalReader(string folder, long sinceNs = long.MinValue, long firstSegment = 0, long skip = 0)
    {
        _folder = folder;
        _sinceNs = sinceNs;
        _number = firstSegment - 1;
        _skip = skip;
    }

    /// <summary>Which life of a host wrote the latest record; sequences of events count within it.</summary>
    public ulong Run { get; private set; }

    /// <summary>Segments of which not everything could be read.</summary>
    public int Torn { get; private set; }

    /// <summary>The number of the segment that the latest record is in.</summary>
    public long Segment => _number;

    /// <summary>Where in the open segment the next record begins.</summary>
    public long Position => _at + _start;

    /// <summary>Gives the next record, which is valid until the next call. False at the end; there may be more later.</summary>
    public bool TryNext(out JournalRecord record)
    {
        while (_segment is not null || TryOpen(Next()))
        {
            switch (JournalFrame.Read(_buffer.AsSpan(_start, _end - _start), out record, out int length))
            {
                case FrameOutcome.Whole:
                    _start += length;
                    _lookedAnew = false;
                    if (record.Kind == JournalRecordKind.Run && record.Payload.Length >= sizeof(ulong))
                    {
                        Run = BitConverter.ToUInt64(record.Payload);
                    }
                    else if (record.TimeNs >= _sinceNs && --_skip < 0)
                    {
                        return true;
                    }

                    break;

                case FrameOutcome.Broken when !_lookedAnew:
                    // The writer may have taken a half record back and put another in its place since these bytes were read.
                    _lookedAnew = true;
                    ReadAnew();
                    _ = TryFill();
                    break;

                default:
                    if (!TryGoOn())
                    {
                        record = default;
                        return false;
                    }

                    break;
            }
        }

        record = default;
        return false;
    }

    public void Dispose() => _segment?.Dispose();

    // At the end of what can be read of this segment. False: at the end of everything.
    private bool TryGoOn()
    {
        if (!_lookedAnew && TryFill())
        {
            return true;
        }

        long next = Next();
        ReadAnew();
        _ = TryFill();
        if (next < 0)
        {
            return false;
        }

        if (JournalFrame.Read(_buffer.AsSpan(_start, _end - _start), out _, out _) == FrameOutcome.Whole)
        {
            return true;
        }

        Torn += _end > _start ? 1 : 0;
        return TryOpen(next);
    }

    private long Next()
    {
        foreach (long number in JournalSegment.NumbersIn(_folder))
        {
            if (number > _number)
            {
                return number;
            }
        }

        return -1;
    }

    private bool TryOpen(long number)
    {
        for (; number >= 0; number = Next())
        {
            _segment?.Dispose();
            _segment = JournalSegment.TryOpen(_folder, number);
            _number = number;
            _at = _start = _end = 0;
            _lookedAnew = false;
            if (_segment is null)
            {
                continue;
            }

            _ = TryFill();
            if (JournalFrame.TryReadSegmentHead(_buffer.AsSpan(0, _end), out ulong run, out _))
            {
                Run = run;
                _start = JournalFrame.SegmentHeadBytes;
                return true;
            }

            _segment.Dispose();
            _segment = null;
            if (Next() < 0)
            {
                // It may be being begun: look again next time.
                _number = number - 1;
                return false;
            }

            Torn++;
        }

        return false;
    }

    private void ReadAnew()
    {
        _at += _start;
        _start = _end = 0;
    }

    // Reads on behind what is there. False: nothing more has been written.
    private bool TryFill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _at += _start;
            _end -= _start;
            _start = 0;
        }

        int read = _end < _buffer.Length ? RandomAccess.Read(_segment!, _buffer.AsSpan(_end), _at + _end) : 0;
        _end += read;
        return read > 0;
    }
}

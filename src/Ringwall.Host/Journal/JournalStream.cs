namespace Ringwall.Host.Journal;

// Owns:      the segments of one folder, and the buffer of records that are not written yet.
// Threads:   one writes; Last and Since give readers to any.
// Ordering:  a record is in the file before it is counted as written. A write that the disk refused is taken back whole, so that no reader finds half
//            a record before the next one; where that fails, too, the segment is left as it is and another one is begun.
// Crash:     a killed writer leaves at most a torn tail in the last segment; the next one to open the folder cuts it off.

/// <summary>One kind of records on disk, bounded in size and time: the oldest segment goes first.</summary>
internal sealed class JournalStream : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int Parts = 16;
    private const long SmallestSegment = 64 * 1024;
    private const long LargestSegment = 8 * 1024 * 1024;

    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly long _segmentBytes;
    private readonly long _maxAgeNs;
    private readonly ulong _run;
    private readonly TimeProvider _clock;
    private readonly List<JournalSegment> _segments = [];       // the last one is written to while _file is open
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes + JournalFrame.LongestFrame);
    private FileStream? _file;
    private int _buffered;
    private int _records;
    private long _bytes;
    private long _oldestNs;
    private long _next = 1;
    private long _limit = long.MaxValue;

    private JournalStream(string folder, long maxBytes, TimeSpan maxAge, ulong run, TimeProvider clock)
    {
        _folder = folder;
        _maxBytes = maxBytes;
        _segmentBytes = Math.Clamp(maxBytes / Parts, SmallestSegment, LargestSegment);
        _maxAgeNs = maxAge.Ticks * 100;
        _run = run;
        _clock = clock;
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>No record is older than this (nanoseconds since 1970); 0 when there is none.</summary>
    public long OldestNs => Volatile.Read(ref _oldestNs);

    /// <summary>Bytes of half records that were cut off when the folder was opened.</summary>
    public long Cut { get; private set; }

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Opens the folder, or makes it: for its owner alone. What a dead writer left half is cut off.</summary>
    /// <param name="folder">Of this stream alone.</param>
    /// <param name="maxBytes">It never takes more, by the length of its files, nor more than half of what it finds free with itself counted in.</param>
    /// <param name="maxAge">No record stays longer.</param>
    /// <param name="run">This life of the host.</param>
    /// <param name="clock">For the records' times.</param>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static JournalStream Open(string folder, long maxBytes, TimeSpan maxAge, ulong run, TimeProvider clock)
    {
        const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, OwnerAlone);
        File.SetUnixFileMode(folder, OwnerAlone);
        JournalStream stream = new(folder, maxBytes, maxAge, run, clock);
        stream.FindSegments();
        stream.Tidy();
        stream.GoOnWithLast();
        return stream;
    }

    /// <summary>Puts a record into the buffer. False: there is no room before <see cref="TryFlush"/>.</summary>
    public bool TryAdd(JournalRecordKind kind, ReadOnlySpan<byte> payload)
    {
        if (_buffered + JournalFrame.HeadBytes + payload.Length > BufferBytes && _buffered > 0)
        {
            return false;
        }

        _buffered += JournalFrame.Write(_buffer.AsSpan(_buffered), kind, NowNs(), payload);
        _records++;
        return true;
    }

    /// <summary>Writes what is in the buffer and empties it. False: the disk refused, and these records are lost.</summary>
    /// <param name="records">How many they were.</param>
    public bool TryFlush(out int records)
    {
        records = _records;
        bool written = _buffered == 0 || TryWrite(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
        _records = 0;
        return written;
    }

    /// <summary>Takes away what is too old, by whichever clock: the wall clock may be set back, and the other stands still while the machine sleeps.</summary>
    public void Tidy()
    {
        try
        {
            while (_segments.Count > 0 && IsOlder(_segments[0], _maxAgeNs))
            {
                RemoveOldest();
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Refusal = refused.Message;
        }
    }

    /// <summary>Reads from a moment on.</summary>
    public JournalReader Since(DateTimeOffset moment) => new(_folder, NsOf(moment));

    /// <summary>Reads the latest records, the oldest of them first.</summary>
    public JournalReader Last(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        List<long> numbers = JournalSegment.NumbersIn(_folder);
        long found = 0;
        long first = numbers.Count > 0 ? numbers[^1] : 0;
        for (int i = numbers.Count - 1; i >= 0 && found < count; i--)
        {
            first = numbers[i];
            found += CountIn(first, i + 1 < numbers.Count ? numbers[i + 1] : long.MaxValue);
        }

        return new JournalReader(_folder, firstSegment: first, skip: Math.Max(0, found - count));
    }

    public void Dispose()
    {
        _ = TryFlush(out _);
        _file?.Dispose();
    }

    /// <summary>Nanoseconds since 1970.</summary>
    public static long NsOf(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks * 100;

    private long NowNs() => NsOf(_clock.GetUtcNow());

    private bool IsOlder(in JournalSegment segment, long ageNs) => NowNs() - segment.CreatedNs > ageNs || (_clock.GetElapsedTime(0) - segment.Moment).Ticks * 100 > ageNs;

    // One that is still to come by the wall clock begins now.
    private TimeSpan MomentOf(long createdNs) => _clock.GetElapsedTime(0) - TimeSpan.FromTicks(Math.Max(0, NowNs() - createdNs) / 100);

    private long CountIn(long segment, long before)
    {
        using JournalReader reader = new(_folder, firstSegment: segment);
        long count = 0;
        while (reader.TryNext(out _) && reader.Segment < before)
        {
            count++;
        }

        return count;
    }

    private void FindSegments()
    {
        byte[] head = new byte[JournalFrame.SegmentHeadBytes];
        foreach (long number in JournalSegment.NumbersIn(_folder))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle? file = JournalSegment.TryOpen(_folder, number);
            if (file is null)
            {
                continue;
            }

            long length = RandomAccess.GetLength(file);
            int read = RandomAccess.Read(file, head, 0);
            bool readable = JournalFrame.TryReadSegmentHead(head.AsSpan(0, read), out _, out long createdNs);
            if (readable)
            {
                AddSegment(new JournalSegment(number, length, createdNs, MomentOf(createdNs)));
            }
            else
            {
                // Begun and no further, or of another version: nobody will read it.
                Cut += length;
                File.Delete(JournalSegment.PathOf(_folder, number));
            }
        }
    }

    // A host that is started often must not fill its folder with short segments.
    private void GoOnWithLast()
    {
        if (_segments.Count == 0)
        {
            return;
        }

        JournalSegment last = _segments[^1];
        long whole;
        using (JournalReader reader = new(_folder, firstSegment: last.Number))
        {
            while (reader.TryNext(out _))
            {
            }

            whole = reader.Position;
        }

        _file = OpenFile(last.Number, FileMode.OpenOrCreate);
        _file.SetLength(whole);
        _file.Position = whole;
        Cut += last.Bytes - whole;
        _segments.RemoveAt(_segments.Count - 1);
        Volatile.Write(ref _bytes, _bytes - last.Bytes);
        AddSegment(last with { Bytes = whole });
        Span<byte> frame = stackalloc byte[JournalFrame.HeadBytes + sizeof(ulong)];
        Span<byte> run = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(run, _run);
        _ = TryWrite(frame[..JournalFrame.Write(frame, JournalRecordKind.Run, NowNs(), run)]);
    }

    private bool TryWrite(ReadOnlySpan<byte> frames)
    {
        try
        {
            MakeRoom(frames.Length);
            if (_file is null)
            {
                Begin();
            }

            _file!.Write(frames);
            JournalSegment last = _segments[^1];
            _segments[^1] = last with { Bytes = last.Bytes + frames.Length };
            Volatile.Write(ref _bytes, _bytes + frames.Length);
            Refusal = null;
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Refusal = refused.Message;
            TakeBack();
            return false;
        }
    }

    private void MakeRoom(int bytes)
    {
        if (_file is not null)
        {
            JournalSegment last = _segments[^1];
            bool full = last.Bytes + bytes > _segmentBytes && last.Bytes > JournalFrame.SegmentHeadBytes;
            if (full || IsOlder(last, _maxAgeNs / Parts))
            {
                _file.Dispose();
                _file = null;
            }
        }

        if (_file is null)
        {
            // Half of what is free, its own included: whoever else needs the disk finds room there.
            _limit = Math.Min(_maxBytes, (_bytes + new DriveInfo(_folder).AvailableFreeSpace) / 2);
        }

        Tidy();
        int head = _file is null ? JournalFrame.SegmentHeadBytes : 0;
        while (_segments.Count > (_file is null ? 0 : 1) && _bytes + bytes + head > _limit)
        {
            RemoveOldest();
        }
    }

    private void Begin()
    {
        long number = _segments.Count > 0 ? _segments[^1].Number + 1 : _next;
        long now = NowNs();
        Span<byte> head = stackalloc byte[JournalFrame.SegmentHeadBytes];
        JournalFrame.WriteSegmentHead(head, _run, now);
        _next = number + 1;
        _file = OpenFile(number, FileMode.Create);
        AddSegment(new JournalSegment(number, 0, now, MomentOf(now)));
        _file.Write(head);
        _segments[^1] = _segments[^1] with { Bytes = head.Length };
        Volatile.Write(ref _bytes, _bytes + head.Length);
    }

    // The disk refused: whatever it took of the last write goes again.
    private void TakeBack()
    {
        if (_file is null)
        {
            return;
        }

        JournalSegment last = _segments[^1];
        try
        {
            _file.SetLength(last.Bytes);
            _file.Position = last.Bytes;
            if (last.Bytes == 0)
            {
                _file.Dispose();
                _file = null;
                File.Delete(JournalSegment.PathOf(_folder, last.Number));
                _segments.RemoveAt(_segments.Count - 1);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void RemoveOldest()
    {
        JournalSegment oldest = _segments[0];
        if (_segments.Count == 1)
        {
            _file?.Dispose();
            _file = null;
        }

        _segments.RemoveAt(0);
        Volatile.Write(ref _bytes, _bytes - oldest.Bytes);
        Volatile.Write(ref _oldestNs, _segments.Count > 0 ? _segments[0].CreatedNs : 0);
        _next = Math.Max(_next, oldest.Number + 1);
        File.Delete(JournalSegment.PathOf(_folder, oldest.Number));
    }

    private void AddSegment(JournalSegment segment)
    {
        _segments.Add(segment);
        _next = Math.Max(_next, segment.Number + 1);
        Volatile.Write(ref _bytes, _bytes + segment.Bytes);
        Volatile.Write(ref _oldestNs, _segments[0].CreatedNs);
    }

    private FileStream OpenFile(long number, FileMode mode) => new(JournalSegment.PathOf(_folder, number), new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}

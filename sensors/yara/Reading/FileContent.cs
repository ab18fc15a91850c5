// Owns:         memory outside the managed heap, reused from file to file.
// Does not own: descriptors.
// Threads:      one at a time.
using System.Runtime.InteropServices;
using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Reading;

/// <summary>
/// The bytes of one file, copied by pread. Not mapped: a mapped file that somebody truncates meanwhile is SIGBUS, and bytes that
/// change between two looks of the scanner are worse than a copy. pread also leaves the descriptor's offset, which is shared, alone.
/// </summary>
internal sealed unsafe class FileContent : IDisposable
{
    // What is kept between files; more is given back, so that one large file does not stay resident for ever.
    private const int Kept = 1 << 20;

    private byte* _bytes;
    private int _capacity;
    private int _length;

    /// <summary>What was read; valid until the next Read or Dispose.</summary>
    public ReadOnlySpan<byte> Bytes => new(_bytes, _length);

    /// <summary>Why the kernel refused.</summary>
    public int Errno { get; private set; }

    /// <summary>Reads the file from its start to its end.</summary>
    /// <param name="file">The number of a descriptor that is open for reading, of a regular file, and stays open meanwhile.</param>
    /// <param name="expected">Its size as far as known; only saves growing.</param>
    /// <param name="limit">Longest length that is accepted, below 2 GiB.</param>
    public ReadOutcome Read(int file, long expected, int limit)
    {
        _length = 0;
        if (expected > limit)
        {
            return ReadOutcome.TooLarge;
        }

        // One byte more than expected, so that the end is seen by the read that brings the last bytes or the one after it.
        Reserve((int)Math.Min(Math.Max(expected, 0) + 1, limit + 1L));
        while (true)
        {
            // SAFETY: _length < _capacity always holds here, and _bytes has _capacity bytes.
            nint got = libc_files.pread(file, _bytes + _length, (nuint)(_capacity - _length), _length);
            if (got < 0)
            {
                Errno = Marshal.GetLastPInvokeError();
                if (Errno == libc_files.EINTR)
                {
                    continue;
                }

                _length = 0;
                return ReadOutcome.Refused;
            }

            if (got == 0)
            {
                return ReadOutcome.Whole;
            }

            _length += (int)got;
            if (_length > limit)
            {
                _length = 0;
                return ReadOutcome.TooLarge;
            }

            if (_length == _capacity)
            {
                Reserve((int)Math.Min(_capacity * 2L, limit + 1L));
            }
        }
    }

    /// <summary>Gives memory back that a large file needed.</summary>
    public void Shrink()
    {
        if (_capacity > Kept)
        {
            Free();
        }
    }

    public void Dispose() => Free();

    private void Reserve(int capacity)
    {
        if (capacity > _capacity)
        {
            capacity = Math.Max(capacity, 64 << 10);

            // SAFETY: realloc keeps the bytes read so far and throws, leaving the old block, when there is no memory.
            _bytes = (byte*)NativeMemory.Realloc(_bytes, (nuint)capacity);
            _capacity = capacity;
        }
    }

    private void Free()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
        _capacity = 0;
        _length = 0;
    }
}

using Ringwall.Host.Findings;

namespace Ringwall.Host.Sandboxes;

// Threads: one writes, any reads.

/// <summary>The last lines that a sensor wrote, for whoever has to find out why it failed. Bounded in lines and in their length.</summary>
internal sealed class OutputTail
{
    public const int MostLines = 40;
    public const int LongestLine = 400;

    private readonly Lock _guard = new();
    private readonly Queue<string> _lines = new();      // guarded
    private readonly byte[] _open = new byte[LongestLine];
    private int _openLength;

    /// <summary>All lines written so far, those that were dropped included.</summary>
    public long Written { get; private set; }

    /// <summary>All bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Foreign bytes. What a line has beyond its longest length is passed over.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
            ReadOnlySpan<byte> kept = part[..Math.Min(part.Length, LongestLine - _openLength)];
            kept.CopyTo(_open.AsSpan(_openLength));
            _openLength += kept.Length;
            if (end < 0)
            {
                return;
            }

            EndLine();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>A line of the host's own.</summary>
    public void AddNote(string line) => Keep(line);

    /// <summary>What was written last, the line that has not ended included.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_guard)
        {
            return [.. _lines];
        }
    }

    /// <summary>Nothing more will come: a line without an end counts.</summary>
    public void Finish()
    {
        if (_openLength > 0)
        {
            EndLine();
        }
    }

    private void EndLine()
    {
        bool cut = false;
        Keep(CleanText.From(_open.AsSpan(0, _openLength), LongestLine, ref cut));
        _openLength = 0;
    }

    private void Keep(string line)
    {
        lock (_guard)
        {
            Written++;
            _lines.Enqueue(line);
            if (_lines.Count > MostLines)
            {
                _lines.Dequeue();
            }
        }
    }
}

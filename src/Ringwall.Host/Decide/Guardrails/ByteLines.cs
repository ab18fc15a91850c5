namespace Ringwall.Host.Decide.Guardrails;

// Owns: the file that is read, and one block of memory for it. Threads: one.

/// <summary>Walks the lines of a file as bytes, through a buffer that is made once: a database of ten megabytes leaves nothing behind on the heap.</summary>
internal sealed class ByteLines : IDisposable
{
    private readonly byte[] _block = new byte[2 * Longest];
    private FileStream? _file;
    private int _from;
    private int _until;
    private bool _isEnd;
    private bool _isWithinLong;

    /// <summary>Longer lines are passed over.</summary>
    public const int Longest = 8192;

    /// <summary>Begins with another file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public void Open(string path)
    {
        _file?.Dispose();
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        (_from, _until, _isEnd, _isWithinLong) = (0, 0, false, false);
    }

    /// <summary>The next line without its end; valid until the next call.</summary>
    /// <exception cref="IOException">The file cannot be read on.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _block.AsSpan(_from, _until - _from);
            int end = rest.IndexOf((byte)'\n');
            if (end >= 0 || (_isEnd && !rest.IsEmpty))
            {
                line = end < 0 ? rest : rest[..end];
                _from = end < 0 ? _until : _from + end + 1;
                bool isWhole = line.Length <= Longest && !_isWithinLong;
                _isWithinLong = false;
                if (isWhole)
                {
                    return true;
                }
            }
            else if (_isEnd)
            {
                line = default;
                return false;
            }
            else
            {
                Fill();
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Fill()
    {
        if (_until - _from == _block.Length)
        {
            _isWithinLong = true;
            _from = _until;
        }

        _block.AsSpan(_from, _until - _from).CopyTo(_block);
        (_from, _until) = (0, _until - _from);
        int read = _file!.Read(_block, _until, _block.Length - _until);
        _until += read;
        _isEnd = read == 0;
    }
}

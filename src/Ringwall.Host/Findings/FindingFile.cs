namespace Ringwall.Host.Findings;

// Owns:         findings.jsonl in the state directory and its older parts, findings.jsonl.1 (newest) to .N.
// Threads:      one at a time.
// Ordering:     a line is written whole by one write; a reader who sees a newline sees the line.

/// <summary>Appends lines to a file that never grows beyond a bound: when it is full it is set aside, and the oldest part goes.</summary>
internal sealed class FindingFile : IDisposable
{
    public const string Name = "findings.jsonl";

    private readonly string _path;
    private readonly long _partBytes;
    private readonly int _oldParts;
    private FileStream? _file;

    public FindingFile(string stateDirectory, long partBytes = 16 * 1024 * 1024, int oldParts = 4)
    {
        _path = Path.Combine(stateDirectory, Name);
        _partBytes = partBytes;
        _oldParts = oldParts;
        Directory.CreateDirectory(stateDirectory);
        _file = Open();
    }

    /// <summary>Writes the line and its newline. Throws IOException when the disk refuses; the next call tries anew.</summary>
    public void Append(ReadOnlySpan<byte> lineWithNewline)
    {
        _file ??= Open();
        if (_file.Length > 0 && _file.Length + lineWithNewline.Length > _partBytes)
        {
            SetAside();
        }

        try
        {
            _file.Write(lineWithNewline);
            _file.Flush();
        }
        catch (IOException)
        {
            // A line that is there by half would spoil the next one.
            _file.Dispose();
            _file = null;
            throw;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void SetAside()
    {
        _file!.Dispose();
        _file = null;
        for (int i = _oldParts; i >= 1; i--)
        {
            string from = i == 1 ? _path : $"{_path}.{i - 1}";
            if (File.Exists(from))
            {
                File.Move(from, $"{_path}.{i}", overwrite: true);
            }
        }

        _file = Open();
    }

    private FileStream Open()
    {
        FileStream opened = new(_path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
        });
        EndLine(opened);
        return opened;
    }

    // After a crash the last line may be there by half; the next one must not be glued to it.
    private static void EndLine(FileStream file)
    {
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n')
            {
                file.Write("\n"u8);
            }
        }

        file.Seek(0, SeekOrigin.End);
    }
}

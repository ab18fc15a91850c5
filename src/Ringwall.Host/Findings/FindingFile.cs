namespace Ringwall.Host.Findings;

// Owns:         findings.jsonl in the state directory and its older parts, findings.jsonl.1 (newest) to .N.
// Threads:      Append by one at a time; Last by any.
// Ordering:     a line is written whole by one write; a reader who sees a newline sees the line.

/// <summary>Appends lines to a file that never grows beyond a bound: when it is full it is set aside, and the oldest part goes.</summary>
internal sealed class FindingFile : IDisposable
{
    public const string Name = "findings.jsonl";

    private readonly string _path;
    private readonly long _partBytes;
    private readonly int _oldParts;
    private readonly Lock _parts = new();       // held while parts change their names, or are opened to be read
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

    /// <summary>The latest lines, oldest first, from the file and its older parts. They are read as the caller goes on.</summary>
    public IEnumerable<string> Last(int count)
    {
        List<FileStream> newestFirst = OpenParts();
        try
        {
            int wanted = count;
            int used = 0;
            while (used < newestFirst.Count && wanted > 0)
            {
                GoBack(newestFirst[used++], ref wanted);
            }

            int left = count;
            for (int i = used - 1; i >= 0; i--)
            {
                using StreamReader lines = new(newestFirst[i], leaveOpen: true);
                while (left > 0 && lines.ReadLine() is { } line)
                {
                    left--;
                    yield return line;
                }
            }
        }
        finally
        {
            newestFirst.ForEach(part => part.Dispose());
        }
    }

    public void Dispose() => _file?.Dispose();

    private List<FileStream> OpenParts()
    {
        List<FileStream> opened = [];
        lock (_parts)
        {
            for (int i = 0; i <= _oldParts && File.Exists(Part(i)); i++)
            {
                opened.Add(new FileStream(Part(i), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            }
        }

        return opened;
    }

    private string Part(int age) => age == 0 ? _path : $"{_path}.{age}";

    // Puts the part where its last lines begin, and takes those that it has off what is wanted.
    private static void GoBack(FileStream part, ref int wanted)
    {
        byte[] block = new byte[64 * 1024];
        int found = 0;
        long at = part.Length;
        while (at > 0)
        {
            int length = (int)Math.Min(block.Length, at);
            at -= length;
            part.Position = at;
            part.ReadExactly(block, 0, length);
            for (int i = length - 1; i >= 0; i--)
            {
                if (block[i] == '\n' && found++ == wanted)
                {
                    part.Position = at + i + 1;
                    wanted = 0;
                    return;
                }
            }
        }

        part.Position = 0;
        wanted -= found;
    }

    private void SetAside()
    {
        _file!.Dispose();
        _file = null;
        lock (_parts)
        {
            for (int i = _oldParts; i >= 1; i--)
            {
                if (File.Exists(Part(i - 1)))
                {
                    File.Move(Part(i - 1), Part(i), overwrite: true);
                }
            }

            _file = Open();
        }
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

using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Generations.Probation.Synthetic;

// Owns:     the open files. They have no name any more, so that nothing is left of them however the host ends.
// Threads:  made and disposed of by one; the descriptors may be passed on by any meanwhile.

/// <summary>Real files of every kind that synthetic asks come with, open for reading only.</summary>
internal sealed class SyntheticFiles : IDisposable
{
    private const long SparseBytes = (5L << 30) + 1;
    private const int LongLineBytes = 1 << 20;
    private const int ProgramBytesMost = 1 << 20;
    private readonly Dictionary<FileKind, SafeFileHandle> _files = [];

    /// <param name="directory">Where they are made; it must exist.</param>
    /// <param name="seed">For the noise.</param>
    /// <exception cref="IOException">The directory takes no files.</exception>
    public SyntheticFiles(string directory, int seed)
    {
        try
        {
            foreach (FileKind kind in Enum.GetValues<FileKind>())
            {
                if (kind != FileKind.None && TryMake(directory, kind, seed) is { } file)
                {
                    _files.Add(kind, file);
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The descriptor; -1 when the ask comes without, or this machine has no such file.</summary>
    public int Descriptor(FileKind kind) => _files.TryGetValue(kind, out SafeFileHandle? file) ? (int)file.DangerousGetHandle() : -1;

    public void Dispose()
    {
        foreach (SafeFileHandle file in _files.Values)
        {
            file.Dispose();
        }
    }

    private static SafeFileHandle? TryMake(string directory, FileKind kind, int seed)
    {
        string path = Path.Combine(directory, $"synthetic-{Guid.NewGuid():N}");
        try
        {
            using (SafeFileHandle made = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
            {
                if (kind == FileKind.Sparse)
                {
                    RandomAccess.SetLength(made, SparseBytes);
                }
                else
                {
                    RandomAccess.Write(made, Content(kind, seed), 0);
                }
            }

            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (IOException) when (kind == FileKind.Sparse)
        {
            return null;    // this filesystem has no files of that size
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Content(FileKind kind, int seed)
    {
        switch (kind)
        {
            case FileKind.OneByte:
                return [(byte)'#'];
            case FileKind.Program:
                return Program(ProgramBytesMost);
            case FileKind.CutProgram:
                return Program(100);
            case FileKind.Script:
                return [.. "#!/bin/sh\nexit 0\n"u8];
            case FileKind.NotUtf8:
                return [.. "first line\n"u8, 0xC3, 0x28, .. "\nlast line\n"u8];
            case FileKind.LongLine:
                byte[] line = new byte[LongLineBytes];
                Array.Fill(line, (byte)'A');
                return line;
            case FileKind.BrokenArchive:
                return [.. "PK\u0003\u0004"u8, .. new byte[64], .. "no archive"u8];
            case FileKind.Noise:
                byte[] noise = new byte[64 * 1024];
                new Random(seed).NextBytes(noise);
                return noise;
            default:
                return [];
        }
    }

    // Whatever runs as this process is a program of this machine; a small one is read sooner.
    private static byte[] Program(int most)
    {
        string program = File.Exists("/bin/true") ? "/bin/true" : "/proc/self/exe";
        using SafeFileHandle file = File.OpenHandle(program);
        byte[] content = new byte[(int)Math.Min(most, RandomAccess.GetLength(file))];
        int length = RandomAccess.Read(file, content, 0);
        return content[..length];
    }
}

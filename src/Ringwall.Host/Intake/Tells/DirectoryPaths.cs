using Ringwall.Kernel.Fanotify;

namespace Ringwall.Host.Intake.Tells;

// Threads:  the file event thread only.
// Bounds:   so many directories; when there are more, all are let go and looked up again.
// Truth:    an entry is as old as the last rename of a directory, which lets all go: any directory may lie below the one that moved. A deleted
//           directory's handle never comes back, so its entry harms nobody.

/// <summary>Where directories are, by handle.</summary>
internal sealed class DirectoryPaths(int most)
{
    private readonly Dictionary<byte[], byte[]> _paths = new(new ByteKeys());

    public int Count => _paths.Count;

    /// <summary>Look-ups that had to ask the kernel.</summary>
    public long Asked { get; private set; }

    public void Clear() => _paths.Clear();

    /// <summary>The directory's path, without a slash at the end but for "/". False when nobody knows it any more.</summary>
    public bool TryFind(HandleView directory, WatchedFileSystem? system, out ReadOnlySpan<byte> path)
    {
        Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> known = _paths.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(directory.Bytes, out byte[]? found))
        {
            path = found;
            return true;
        }

        Asked++;
        Span<byte> buffer = stackalloc byte[Kernel.Files.OpenFile.LongestPath];
        if (system is null || !system.TryPath(directory, buffer, out int length))
        {
            path = default;
            return false;
        }

        path = Keep(directory, buffer[..length].ToArray());
        return true;
    }

    /// <summary>Whether it is known without asking.</summary>
    public bool Knows(HandleView directory) => _paths.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(directory.Bytes);

    public byte[] Keep(HandleView directory, byte[] path)
    {
        if (_paths.Count >= most)
        {
            _paths.Clear();
        }

        return _paths[directory.Bytes.ToArray()] = path;
    }

    private sealed class ByteKeys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

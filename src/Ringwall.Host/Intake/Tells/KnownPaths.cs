namespace Ringwall.Host.Intake.Tells;

// Threads:  one.
// Bounds:   all are let go when there are too many. A path that comes again takes new memory; that is all.

/// <summary>Gives equal paths the same bytes, because most processes execute what others did and stand where others stand.</summary>
internal sealed class KnownPaths(int most)
{
    private const int LongestKept = 512;

    private readonly Dictionary<int, byte[]> _byHash = [];

    public byte[] Same(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return [];
        }

        if (path.Length > LongestKept)
        {
            return path.ToArray();
        }

        HashCode hash = default;
        hash.AddBytes(path);
        int key = hash.ToHashCode();
        if (_byHash.TryGetValue(key, out byte[]? known) && path.SequenceEqual(known))
        {
            return known;
        }

        if (_byHash.Count >= most)
        {
            _byHash.Clear();
        }

        // Two paths with one hash take turns, which costs memory and nothing else.
        byte[] fresh = path.ToArray();
        _byHash[key] = fresh;
        return fresh;
    }
}

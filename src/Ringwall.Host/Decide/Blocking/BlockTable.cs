using System.Collections.Frozen;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Blocking;

// Threads: made by one thread, then never changed; read by any without a lock and without allocating.

/// <summary>What is blocked at one time.</summary>
internal sealed class BlockTable
{
    private readonly FrozenDictionary<FileIdentity, BlockedContent> _files;
    private readonly FrozenDictionary<ulong, BlockedContent[]> _sizes;

    /// <param name="blocked">What is blocked, and the file that it was seen in.</param>
    /// <param name="epoch">Another for each table.</param>
    public BlockTable(IEnumerable<(BlockedContent Content, FileIdentity File)> blocked, int epoch)
    {
        (BlockedContent Content, FileIdentity File)[] all = [.. blocked];
        _files = all.DistinctBy(one => one.File).ToFrozenDictionary(one => one.File, one => one.Content);
        _sizes = all.Select(one => one.Content).GroupBy(one => one.Size).ToFrozenDictionary(same => same.Key, same => same.ToArray());
        Epoch = epoch;
    }

    public static BlockTable Empty { get; } = new([], 0);

    public int Epoch { get; }

    public bool IsEmpty => _sizes.Count == 0;

    /// <summary>Whether it is the very file that was blocked, unchanged.</summary>
    public BlockedContent? Find(in FileIdentity file) => _files.GetValueOrDefault(file);

    public bool HasSize(ulong size) => _sizes.ContainsKey(size);

    public BlockedContent? Find(ulong size, string digest) => _sizes.TryGetValue(size, out BlockedContent[]? same) ? Array.Find(same, one => one.Digest == digest) : null;
}

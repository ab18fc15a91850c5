using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Guardrails;

// Threads: the answering thread only.

/// <summary>What was found out about files' content, valid while they are the same files: a place for each of a fixed number of hashes, the latest stays.</summary>
internal sealed class CheckedFiles
{
    private const int Places = 2048;
    private readonly Entry[] _entries = new Entry[Places];

    /// <summary>Whether the file was looked at.</summary>
    /// <param name="file">As it is now.</param>
    /// <param name="epoch">Of the index that counts now.</param>
    /// <param name="found">Why it is protected; null when it is not.</param>
    public bool TryRecall(in FileIdentity file, int epoch, out Protection? found)
    {
        ref Entry entry = ref Place(file);
        bool known = entry.Epoch == epoch && entry.File == file;
        found = known ? entry.Found : null;
        return known;
    }

    public void Remember(in FileIdentity file, int epoch, Protection? found) => Place(file) = new Entry { File = file, Epoch = epoch, Found = found };

    private ref Entry Place(in FileIdentity file) => ref _entries[(int)(((file.Inode * 0x9E37_79B9_7F4A_7C15UL) ^ (file.Device * 0xC2B2_AE3D_27D4_EB4FUL)) >> 53)];

    private struct Entry
    {
        public FileIdentity File;
        public Protection? Found;
        public int Epoch;
    }
}

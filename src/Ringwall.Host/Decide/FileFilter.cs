namespace Ringwall.Host.Decide;

/// <summary>
/// "Have we marked this file?", answered without a list that grows: never wrongly no, sometimes wrongly yes (one bit in a million by hash).
/// Added to and cleared by the answering thread; asked by any.
/// </summary>
internal sealed class FileFilter
{
    private const int Bits = 1 << 20;
    private readonly int[] _words = new int[Bits / 32];

    public void Add(ulong device, ulong inode)
    {
        (int word, int bit) = Place(device, inode);
        Volatile.Write(ref _words[word], _words[word] | bit);
    }

    public bool MayContain(ulong device, ulong inode)
    {
        (int word, int bit) = Place(device, inode);
        return (Volatile.Read(ref _words[word]) & bit) != 0;
    }

    public void Clear() => Array.Clear(_words);

    private static (int Word, int Bit) Place(ulong device, ulong inode)
    {
        uint hash = (uint)(((inode * 0x9E37_79B9_7F4A_7C15UL) ^ (device * 0xC2B2_AE3D_27D4_EB4FUL)) >> 44);
        return ((int)(hash >> 5), 1 << (int)(hash & 31));
    }
}

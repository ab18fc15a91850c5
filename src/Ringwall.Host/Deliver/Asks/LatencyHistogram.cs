using System.Numerics;

namespace Ringwall.Host.Deliver.Asks;

/// <summary>
/// How long things took, in buckets that are at most 12.5 % wide (8 for each doubling), from 128 ns to about 9 minutes. One thread records, any reads;
/// a reader may see a moment's mixture.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Sub = 8;
    private const int Smallest = 7;     // 2^7 = 128 ns
    private const int Doublings = 32;
    private readonly long[] _counts = new long[Doublings * Sub];

    public void Record(long ns)
    {
        ref long count = ref _counts[Bucket(ns)];
        Volatile.Write(ref count, count + 1);
    }

    public long Count
    {
        get
        {
            long total = 0;
            foreach (ref long count in _counts.AsSpan())
            {
                total += Volatile.Read(ref count);
            }

            return total;
        }
    }

    /// <summary>The time, in nanoseconds, within which the given share was done: the upper edge of the bucket. 0 when nothing was recorded.</summary>
    /// <param name="share">Between 0 and 1.</param>
    public long Quantile(double share)
    {
        long total = Count;
        long wanted = (long)Math.Ceiling(total * share);
        long seen = 0;
        for (int i = 0; i < _counts.Length && total > 0; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= wanted)
            {
                return UpperEdge(i);
            }
        }

        return 0;
    }

    private static int Bucket(long ns)
    {
        ulong value = (ulong)Math.Max(ns, 1L << Smallest);
        int doubling = BitOperations.Log2(value);
        int sub = (int)((value >> (doubling - 3)) & (Sub - 1));
        return Math.Min(((doubling - Smallest) * Sub) + sub, (Doublings * Sub) - 1);
    }

    private static long UpperEdge(int bucket) => (long)(Sub + (bucket % Sub) + 1) << ((bucket / Sub) + Smallest - 3);
}

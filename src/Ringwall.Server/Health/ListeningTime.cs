namespace Ringwall.Server.Health;

/// <summary>
/// Time in which somebody listened. While no replica could write to the database nobody did, and a device that was not heard then was not silent.
/// </summary>
/// <param name="outages">When nobody listened: since (included) and until, Unix milliseconds, in order and apart from each other.</param>
internal sealed class ListeningTime(IReadOnlyList<(long Since, long Until)> outages)
{
    public static ListeningTime Unbroken { get; } = new([]);

    public IReadOnlyList<(long Since, long Until)> Outages { get; } = outages;

    /// <summary>When <paramref name="patience"/> milliseconds of listening have passed since <paramref name="from"/>.</summary>
    public long Deadline(long from, long patience)
    {
        long deadline = from + patience;
        for (int i = Outages.Count == 0 || Outages[^1].Until <= from ? Outages.Count : First(from); i < Outages.Count && Outages[i].Since < deadline; i++)
        {
            deadline += Outages[i].Until - Math.Max(from, Outages[i].Since);
        }

        return deadline;
    }

    /// <summary>Milliseconds of listening between two moments.</summary>
    public long Between(long from, long until)
    {
        long heard = until - from;
        for (int i = 0; i < Outages.Count; i++)
        {
            heard -= Math.Max(0, Math.Min(until, Outages[i].Until) - Math.Max(from, Outages[i].Since));
        }

        return Math.Max(0, heard);
    }

    private int First(long from)
    {
        int low = 0;
        int high = Outages.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Outages[middle].Until <= from ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

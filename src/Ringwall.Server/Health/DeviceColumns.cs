using Ringwall.Server.Inventory;

namespace Ringwall.Server.Health;

/// <summary>Every device as a row across arrays, by its number: a million of them are some 70 MB and one pass over them is milliseconds.</summary>
// Threads: the view's lock guards all of it, but for Retired and Cell, which anybody reads: an array once seen stays right, it only grows old when a longer one takes its place.
internal sealed class DeviceColumns
{
    private int _capacity;

    /// <summary>Numbers run from 1 to this.</summary>
    public int Last { get; private set; }

    public UInt128[] Identity { get; private set; } = [];

    public byte[] Ring { get; private set; } = [];

    public ushort[] Cell { get; private set; } = [];

    public ulong[] Domain { get; private set; } = [];

    public int[] Seat { get; private set; } = [];

    public long[] EnrolledAt { get; private set; } = [];

    /// <summary>When the device was last heard; 0 for never.</summary>
    public long[] At { get; private set; } = [];

    /// <summary>Since when it has been heard without a break.</summary>
    public long[] Began { get; private set; } = [];

    public DeviceFlags[] Flags { get; private set; } = [];

    public volatile bool[] Retired = [];

    public void Place(in DevicePlace place)
    {
        int i = place.Number;
        Reserve(i);
        Last = Math.Max(Last, i);
        Identity[i] = place.Identity;
        Ring[i] = place.Ring;
        Cell[i] = (ushort)place.Cell;
        Domain[i] = place.Domain;
        Seat[i] = place.Seat;
        EnrolledAt[i] = place.EnrolledAt;
        Retired[i] = place.RetiredAt != 0;
    }

    /// <summary>Takes what was heard; an older word than the last one says nothing new.</summary>
    public void Hear(int i, long at, DeviceFlags flags)
    {
        if ((uint)i <= (uint)Last && at >= At[i])
        {
            Began[i] = (flags & DeviceFlags.Began) != 0 ? at : Began[i];
            At[i] = at;
            Flags[i] = flags & ~DeviceFlags.Began;
        }
    }

    public void Restore(int i, long at, long began, DeviceFlags flags)
    {
        if ((uint)i <= (uint)Last)
        {
            At[i] = at;
            Began[i] = began;
            Flags[i] = flags;
        }
    }

    /// <summary>Devices that are silent without a goodbye and belong to the fleet, those that were heard last first, at most so many.</summary>
    public IReadOnlyList<SilentDevice> Dark(ListeningTime listening, long patience, long now, int most)
    {
        // Of those found so far the one that was heard longest ago comes out first.
        var dark = new PriorityQueue<int, long>();
        for (int i = 1; i <= Last; i++)
        {
            if (At[i] == 0 || At[i] > now - patience || (Flags[i] & DeviceFlags.Goodbye) != 0 || Retired[i]
                || (dark.Count == most && dark.TryPeek(out _, out long oldest) && At[i] <= oldest) || listening.Deadline(At[i], patience) > now)
            {
                continue;
            }

            dark.Enqueue(i, At[i]);
            if (dark.Count > most)
            {
                dark.Dequeue();
            }
        }

        return [.. dark.UnorderedItems.OrderByDescending(device => device.Priority).Select(device => new SilentDevice(device.Element, device.Priority))];
    }

    public void Reserve(int number)
    {
        if (number < _capacity)
        {
            return;
        }

        _capacity = Math.Max(number + 1, Math.Max(1024, _capacity + (_capacity / 4)));
        Identity = Longer(Identity);
        Ring = Longer(Ring);
        Cell = Longer(Cell);
        Domain = Longer(Domain);
        Seat = Longer(Seat);
        EnrolledAt = Longer(EnrolledAt);
        At = Longer(At);
        Began = Longer(Began);
        Flags = Longer(Flags);
        Retired = Longer(Retired);
    }

    private T[] Longer<T>(T[] column)
    {
        Array.Resize(ref column, _capacity);
        return column;
    }
}

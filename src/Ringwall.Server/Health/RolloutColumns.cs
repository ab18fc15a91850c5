using System.Globalization;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Server.Inventory;

namespace Ringwall.Server.Health;

/// <summary>
/// How each device stands to one rollout, beside <see cref="DeviceColumns"/>. Where it stands is worked out once, as of the start of the rollout or of the device's enrolment, and stays.
/// </summary>
// Threads: the view's lock.
internal sealed class RolloutColumns
{
    public const short Nowhere = -1;
    public const int Never = -1;

    private readonly byte[] _release;
    private readonly byte[] _salt;
    private readonly long _startedAt;
    private readonly Func<long, long> _minuteOf;
    private readonly Dictionary<int, long[]> _harms = [];
    private readonly Dictionary<int, double[]> _sorted = [];
    private readonly List<ExposureStep> _steps = [];
    private readonly short[] _cellOf;
    private readonly int _cells;
    private int _cellsKnown;

    public RolloutColumns(RolloutSeen seen, int releaseNumber, Func<long, long> minuteOf)
    {
        Release = releaseNumber;
        _release = Encoding.UTF8.GetBytes(seen.Release);
        _salt = seen.Salt;
        _startedAt = seen.StartedAt;
        _minuteOf = minuteOf;
        _cells = seen.Cells.Count;
        _cellOf = new short[ushort.MaxValue + 1];
        Array.Fill(_cellOf, Nowhere);
    }

    /// <summary>The release's number in health_releases.</summary>
    public int Release { get; }

    public int Last { get; private set; }

    public short[] Stratum { get; private set; } = [];

    public double[] Position { get; private set; } = [];

    /// <summary>The first minute in which the published exposure reaches the device; <see cref="Never"/> so far.</summary>
    public long[] Exposed { get; private set; } = [];

    /// <summary>Moments in Unix milliseconds, 0 for not yet: the package was on the device, it ran, and it was reported well after its soak.</summary>
    public long[] TakenAt { get; private set; } = [];

    public long[] RanAt { get; private set; } = [];

    public long[] MaturedAt { get; private set; } = [];

    /// <summary>How long it had run when it was reported well, as the device said.</summary>
    public int[] MaturedAge { get; private set; } = [];

    public RunFlags[] Flags { get; private set; } = [];

    /// <summary>The moments at which a device first showed each measure since the rollout began; long.MaxValue for those that it did not.</summary>
    public long[]? HarmsOf(int device) => (Flags[device] & RunFlags.Harmed) != 0 ? _harms[device] : null;

    /// <summary>The devices that stand in this rollout, as they are now; those that come later follow through <see cref="Add"/>.</summary>
    public void Build(DeviceColumns devices, IReadOnlyList<string> cellNames, RolloutSeen seen, Func<int, long, DevicePlace> placeAt)
    {
        LearnCells(cellNames, seen.Cells);
        _steps.AddRange(seen.Steps);
        Reserve(devices.Last);
        Last = devices.Last;
        Parallel.For(1, devices.Last + 1, i => Stand(i, placeAt(i, Math.Max(_startedAt, devices.EnrolledAt[i]))));
    }

    /// <summary>Follows exposures that were published, devices that enrolled and cells that came to be.</summary>
    public void Follow(DeviceColumns devices, IReadOnlyList<string> cellNames, RolloutSeen seen, Func<int, long, DevicePlace> placeAt)
    {
        LearnCells(cellNames, seen.Cells);
        for (int step = _steps.Count; step < seen.Steps.Count; step++)
        {
            ExposureStep next = seen.Steps[step];
            _steps.Add(next);
            for (int i = 1; i <= Last; i++)
            {
                if (Exposed[i] == Never && Stratum[i] != Nowhere && Membership.IsExposed(Position[i], next.Exposure[Stratum[i]]))
                {
                    Exposed[i] = next.Minute;
                }
            }
        }

        if (devices.Last > Last)
        {
            Reserve(devices.Last);
            for (int i = Last + 1; i <= devices.Last; i++)
            {
                Stand(i, placeAt(i, Math.Max(_startedAt, devices.EnrolledAt[i])));
            }

            Last = devices.Last;
            _sorted.Clear();
        }
    }

    public void Run(int device, long takenAt, long ranAt, long maturedAt, int maturedAge, bool fallback, bool over)
    {
        if ((uint)device < (uint)TakenAt.Length)
        {
            TakenAt[device] = takenAt;
            RanAt[device] = ranAt;
            MaturedAt[device] = maturedAt;
            MaturedAge[device] = maturedAge;
            Flags[device] = (Flags[device] & ~(RunFlags.Fallback | RunFlags.Over)) | (fallback ? RunFlags.Fallback : 0) | (over ? RunFlags.Over : 0);
        }
    }

    public void Harm(int device, int measure, long at)
    {
        if (at < _startedAt || (uint)device >= (uint)Flags.Length)
        {
            return;
        }

        if (!_harms.TryGetValue(device, out long[]? first))
        {
            first = new long[Measures.Standard.Length];
            Array.Fill(first, long.MaxValue);
            _harms.Add(device, first);
            Flags[device] |= RunFlags.Harmed;
        }

        first[measure] = Math.Min(first[measure], at);
    }

    /// <summary>The positions of a stratum's devices, in order: what <see cref="Membership.ExposureFor"/> takes.</summary>
    public double[] Sorted(int stratum, DeviceColumns devices)
    {
        if (!_sorted.TryGetValue(stratum, out double[]? positions))
        {
            var found = new List<double>();
            for (int i = 1; i <= Last; i++)
            {
                if (Stratum[i] == stratum && !devices.Retired[i])
                {
                    found.Add(Position[i]);
                }
            }

            found.Sort();
            _sorted[stratum] = positions = [.. found];
        }

        return positions;
    }

    /// <summary>A device was retired: it is counted no more.</summary>
    public void ForgetOrder() => _sorted.Clear();

    public void Reserve(int number)
    {
        if (number < Stratum.Length)
        {
            return;
        }

        int before = Stratum.Length;
        int capacity = Math.Max(number + 1, before + (before / 4));
        Stratum = Longer(Stratum, capacity);
        Position = Longer(Position, capacity);
        Exposed = Longer(Exposed, capacity);
        TakenAt = Longer(TakenAt, capacity);
        RanAt = Longer(RanAt, capacity);
        MaturedAt = Longer(MaturedAt, capacity);
        MaturedAge = Longer(MaturedAge, capacity);
        Flags = Longer(Flags, capacity);
        Array.Fill(Stratum, Nowhere, before, capacity - before);
        Array.Fill(Exposed, Never, before, capacity - before);
    }

    private static T[] Longer<T>(T[] column, int capacity)
    {
        Array.Resize(ref column, capacity);
        return column;
    }

    private void LearnCells(IReadOnlyList<string> all, IReadOnlyList<string> ofRollout)
    {
        for (; _cellsKnown < all.Count; _cellsKnown++)
        {
            for (int cell = 0; cell < ofRollout.Count; cell++)
            {
                _cellOf[_cellsKnown] = all[_cellsKnown] == ofRollout[cell] ? (short)cell : _cellOf[_cellsKnown];
            }
        }
    }

    private void Stand(int device, in DevicePlace place)
    {
        short cell = _cellOf[place.Cell];
        if (cell == Nowhere)
        {
            return;
        }

        // Whole seconds: the signed order says when the rollout began in these.
        bool late = place.EnrolledAt / 1000 > _startedAt / 1000;
        int stratum = (place.Ring * _cells) + cell;
        double position = place.Domain == 0 ? OfDevice(place.Identity) : Membership.Position(SitePair.Of(place.Domain, place.Seat), _release, _salt);
        Standing standing = late ? new Standing(stratum, Membership.LateJoiner(position, ExposureAt(stratum, place.EnrolledAt))) : new Standing(stratum, position);
        Stratum[device] = (short)standing.Stratum;
        Position[device] = standing.Position;
        Flags[device] |= late ? RunFlags.Late : 0;
        foreach (ExposureStep step in _steps)
        {
            if (Membership.IsExposed(standing.Position, step.Exposure[stratum]))
            {
                Exposed[device] = step.Minute;
                break;
            }
        }
    }

    private double OfDevice(UInt128 identity)
    {
        Span<byte> text = stackalloc byte[32];
        identity.TryFormat(text, out _, "x32", CultureInfo.InvariantCulture);
        return Membership.Position(text, _release, _salt);
    }

    private double ExposureAt(int stratum, long at)
    {
        long minute = _minuteOf(at);
        double exposure = 0;
        foreach (ExposureStep step in _steps)
        {
            exposure = step.Minute <= minute ? step.Exposure[stratum] : exposure;
        }

        return exposure;
    }
}

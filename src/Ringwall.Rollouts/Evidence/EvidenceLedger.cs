namespace Ringwall.Rollouts;

/// <summary>
/// All evidence on one release so far: folded windows, from which every decision is a pure function.
/// </summary>
// Owns:     the counts and e-processes of one release.
// Threads:  one; whoever runs several releases has several ledgers.
// Ordering: windows of one release in time order. Within a window order does not exist, and the sums are of integers, so that the
//           same windows give the same ledger, bit for bit.
public sealed class EvidenceLedger
{
    private const int Recent = 30;

    /// <summary>What a window still weighs after one more, in the memory of some hours.</summary>
    private static readonly double Fades = Math.Exp(-1 / 180.0);

    /// <summary>How many sightings the rate of the weeks before, or of the whole fleet, is worth where a rate is estimated from few.</summary>
    private const double Prior = 1;

    private readonly int _cells;
    private readonly int _rowsInCells;
    private readonly int[] _rowOf;
    private readonly double[] _values;
    private readonly int[] _exposed;
    private EvidenceRow[] _rows = new EvidenceRow[64];
    private int _rowCount;

    private readonly int[] _scratch;
    private readonly List<int> _touched = [];
    private readonly Queue<RecentControl> _recent = new();
    private readonly int[] _recentSightings;
    private readonly long[] _recentAtRisk;
    private readonly long[] _recentHarmed;
    private readonly double _usualHarm;
    private double _hoursHarmed;
    private double _hoursAtRisk;
    private long _firstMinute = -1;
    private long _recentDue;
    private long _recentCame;
    private bool _replay;

    public EvidenceLedger(FleetCounts fleet, Measure[] measures)
        : this(fleet.Cells.Length, fleet.Strata, measures)
    {
    }

    internal EvidenceLedger(int cells, int strata, Measure[] measures)
    {
        _cells = cells;
        Measures = measures;
        Matured = new int[strata];
        Harmed = new int[strata];
        HarmedLater = new int[strata];
        ExpectedHarm = new double[strata];
        ExpectedLater = new double[strata];
        _rowsInCells = cells * measures.Length * Age.Classes;
        _rowOf = new int[_rowsInCells + measures.Length * Age.Classes];
        _values = new double[_rowOf.Length];
        Array.Fill(_values, 1);
        _exposed = new int[_rowOf.Length];
        _scratch = new int[strata * measures.Length * (Age.Classes + 1)];
        _recentSightings = new int[cells * measures.Length];
        _recentAtRisk = new long[cells];
        _recentHarmed = new long[cells];
        foreach (Measure measure in measures)
        {
            _usualHarm += measure.IsHarm ? measure.UsualRate : 0;
        }
    }

    public Measure[] Measures { get; }

    /// <summary>Devices that ran the release through their soak in good health and have stayed well, by stratum.</summary>
    public int[] Matured { get; }

    /// <summary>Devices that showed a harm before they matured, by stratum: the release's doing or not.</summary>
    public int[] Harmed { get; }

    /// <summary>Devices that matured and showed a harm afterwards, by stratum: the release's doing or not.</summary>
    public int[] HarmedLater { get; }

    /// <summary>How many of <see cref="Harmed"/> would have been without the release, by stratum, at the rate of their cell's control devices at the time.</summary>
    public double[] ExpectedHarm { get; }

    /// <summary>The same for <see cref="HarmedLater"/>.</summary>
    public double[] ExpectedLater { get; }

    /// <summary>The variance of all of <see cref="ExpectedHarm"/> together: the control devices' rates are themselves only estimated.</summary>
    public double ExpectedHarmVariance { get; private set; }

    /// <summary>The same for <see cref="ExpectedLater"/>.</summary>
    public double ExpectedLaterVariance { get; private set; }

    public long Minute { get; private set; } = -1;

    /// <summary>Devices of a stratum of which the release knows the outcome. All other exposed ones are in flight.</summary>
    public int Settled(int stratum) => Matured[stratum] + Harmed[stratum] + HarmedLater[stratum];

    /// <summary>Devices of a stratum that showed a harm with the release, before or after they matured.</summary>
    public int AllHarmed(int stratum) => Harmed[stratum] + HarmedLater[stratum];

    /// <summary>When a device last matured.</summary>
    public long LastMaturedMinute { get; private set; } = -1;

    public long Windows { get; private set; }

    public long SetAside { get; private set; }

    public long Reports { get; private set; }

    internal int Cells => _cells;

    /// <summary>The e-processes' values, by cell × measures × age classes, then the same over all cells; 1 where nothing was seen.</summary>
    internal ReadOnlySpan<double> Values => _values;

    /// <summary>First sightings on exposed devices behind each of <see cref="Values"/>.</summary>
    internal ReadOnlySpan<int> ExposedSightings => _exposed;

    internal double DueSightings(int index) => _rowOf[index] == 0 ? 0 : _rows[_rowOf[index] - 1].Due;

    internal int ControlSightings(int index) => _rowOf[index] == 0 ? 0 : _rows[_rowOf[index] - 1].Control;

    internal int RowsInCells => _rowsInCells;

    /// <summary>First sightings of a measure on devices not yet exposed, in one cell, over the last half hour of windows.</summary>
    public int RecentControl(int cell, int measure) => _recentSightings[cell * Measures.Length + measure];

    /// <summary>Device minutes behind <see cref="RecentControl"/>.</summary>
    public long RecentControlAtRisk(int cell) => _recentAtRisk[cell];

    /// <summary>The share of due reports from devices not yet exposed that came, over the last half hour of windows; 1 when none were due.</summary>
    public double RecentReportShare => _recentDue == 0 ? 1 : (double)_recentCame / _recentDue;

    /// <summary>Everything that a decision reads, for the record.</summary>
    public LedgerRecord Record()
    {
        var rows = new List<RowRecord>(_rowCount);
        for (int index = 0; index < _rowOf.Length; index++)
        {
            if (_rowOf[index] != 0)
            {
                rows.Add(_rows[_rowOf[index] - 1].Record(index, _exposed[index]));
            }
        }

        return new LedgerRecord
        {
            Cells = _cells,
            Measures = Measures,
            Matured = [.. Matured],
            Harmed = [.. Harmed],
            HarmedLater = [.. HarmedLater],
            ExpectedHarm = [.. ExpectedHarm],
            ExpectedLater = [.. ExpectedLater],
            ExpectedHarmVariance = ExpectedHarmVariance,
            ExpectedLaterVariance = ExpectedLaterVariance,
            Minute = Minute,
            LastMaturedMinute = LastMaturedMinute,
            Windows = Windows,
            SetAside = SetAside,
            Reports = Reports,
            Rows = [.. rows],
            RecentSightings = [.. _recentSightings],
            RecentAtRisk = [.. _recentAtRisk],
            RecentDue = _recentDue,
            RecentCame = _recentCame,
        };
    }

    /// <summary>A ledger that decides as the recorded one did. It is for replay and takes no further windows.</summary>
    public static EvidenceLedger Replay(LedgerRecord record)
    {
        var ledger = new EvidenceLedger(record.Cells, record.Matured.Length, record.Measures)
        {
            Minute = record.Minute,
            ExpectedHarmVariance = record.ExpectedHarmVariance,
            ExpectedLaterVariance = record.ExpectedLaterVariance,
            LastMaturedMinute = record.LastMaturedMinute,
            Windows = record.Windows,
            SetAside = record.SetAside,
            Reports = record.Reports,
            _recentDue = record.RecentDue,
            _recentCame = record.RecentCame,
            _replay = true,
        };
        record.Matured.CopyTo(ledger.Matured, 0);
        record.Harmed.CopyTo(ledger.Harmed, 0);
        record.HarmedLater.CopyTo(ledger.HarmedLater, 0);
        record.ExpectedHarm.CopyTo(ledger.ExpectedHarm, 0);
        record.ExpectedLater.CopyTo(ledger.ExpectedLater, 0);
        record.RecentSightings.CopyTo(ledger._recentSightings, 0);
        record.RecentAtRisk.CopyTo(ledger._recentAtRisk, 0);
        foreach (RowRecord recorded in record.Rows)
        {
            ledger._exposed[recorded.Index] = recorded.Exposed;
            ledger._values[recorded.Index] = ledger.Row(recorded.Index).Restore(recorded);
        }

        return ledger;
    }

    public void Add(EvidenceWindow window)
    {
        if (_replay)
        {
            throw new InvalidOperationException("A replayed ledger takes no further windows.");
        }

        if (window.Minute <= Minute)
        {
            throw new ArgumentException("Windows are folded in time order, each once.", nameof(window));
        }

        for (int s = 0; s < Matured.Length; s++)
        {
            if (window.HarmedLater[s] > Matured[s])
            {
                throw new ArgumentException("More devices were harmed after they matured than had matured.", nameof(window));
            }
        }

        Minute = window.Minute;
        _firstMinute = Windows == 0 ? Minute : _firstMinute;
        Windows++;
        Collect(window);
        Remember(window);
        Bet(window);

        int matured = 0;
        for (int s = 0; s < Matured.Length; s++)
        {
            matured += window.NewlyMatured[s];
            Matured[s] += window.NewlyMatured[s] - window.HarmedLater[s];
            Harmed[s] += window.NewlyHarmed[s];
            HarmedLater[s] += window.HarmedLater[s];
        }

        if (matured > 0)
        {
            LastMaturedMinute = Minute;
        }

        SetAside += window.SetAside;
        Reports += window.Reports;
    }

    private void Collect(EvidenceWindow window)
    {
        int width = Age.Classes + 1;
        foreach (Sighting sighting in window.Sightings)
        {
            if ((uint)sighting.Stratum >= (uint)Matured.Length || (uint)sighting.Measure >= (uint)Measures.Length
                || sighting.Age < Sighting.Control || sighting.Age >= Age.Classes || sighting.Devices <= 0)
            {
                throw new ArgumentException($"A sighting outside the fleet: {sighting}.", nameof(window));
            }

            int key = (sighting.Stratum * Measures.Length + sighting.Measure) * width;
            if (_scratch.AsSpan(key, width).IndexOfAnyExcept(0) < 0)
            {
                _touched.Add(key);
            }

            _scratch[key + sighting.Age + 1] += sighting.Devices;
        }
    }

    /// <summary>Keeps the last half hour of the control arm, and from it how much harm the soaking devices would have had anyway.</summary>
    private void Remember(EvidenceWindow window)
    {
        RecentControl entry = _recent.Count >= Recent ? Forget(_recent.Dequeue()) : new RecentControl(_cells);
        for (int s = 0; s < Matured.Length; s++)
        {
            entry.AtRisk[s % _cells] += window.ControlAtRisk[s];
            entry.Harmed[s % _cells] += window.ControlHarmed[s];
        }

        foreach (int key in _touched)
        {
            if (_scratch[key] > 0)
            {
                int stratumMeasure = key / (Age.Classes + 1);
                int cell = stratumMeasure / Measures.Length % _cells;
                entry.Sightings.Add((cell * Measures.Length + stratumMeasure % Measures.Length, _scratch[key]));
            }
        }

        entry.Due = window.ControlReportsDue;
        entry.Came = window.ControlReportsCame;
        _recent.Enqueue(entry);

        for (int cell = 0; cell < _cells; cell++)
        {
            _recentAtRisk[cell] += entry.AtRisk[cell];
            _recentHarmed[cell] += entry.Harmed[cell];
        }

        foreach ((int key, int devices) in entry.Sightings)
        {
            _recentSightings[key] += devices;
        }

        _recentDue += entry.Due;
        _recentCame += entry.Came;
        Expect(window);
    }

    /// <summary>
    /// What the devices that run the release would have suffered without it. A cell's rate is drawn towards the other cells', that towards the fleet's of some hours,
    /// and that towards the rate of the weeks before, each as if one sighting spoke for it: few control devices say little. Without the hours the weeks before
    /// would outlive what they stand for: late in a release the chronically ill are used up, and an expectation that is too high hides harm.
    /// </summary>
    private void Expect(EvidenceWindow window)
    {
        long atRisk = 0;
        long harmed = 0;
        for (int cell = 0; cell < _cells; cell++)
        {
            atRisk += _recentAtRisk[cell];
            harmed += _recentHarmed[cell];
        }

        long now = 0;
        long harmedNow = 0;
        for (int s = 0; s < Matured.Length; s++)
        {
            now += window.ControlAtRisk[s];
            harmedNow += window.ControlHarmed[s];
        }

        _hoursHarmed = _hoursHarmed * Fades + harmedNow;
        _hoursAtRisk = _hoursAtRisk * Fades + now;
        double hours = Rate(_hoursHarmed, _hoursAtRisk, _usualHarm);
        double soaking = 0;
        double matured = 0;
        for (int s = 0; s < Matured.Length; s++)
        {
            // Towards the other cells' rate: with its own sightings in both, each would count twice.
            int cell = s % _cells;
            double others = Rate(harmed - _recentHarmed[cell], atRisk - _recentAtRisk[cell], hours);
            double rate = Rate(_recentHarmed[cell], _recentAtRisk[cell], others);
            ExpectedHarm[s] += rate * window.SoakingAtRisk[s];
            ExpectedLater[s] += rate * window.MaturedAtRisk[s];
            soaking += rate * window.SoakingAtRisk[s];
            matured += rate * window.MaturedAtRisk[s];
        }

        // The relative variance of a rate is one over its count, and the same devices speak for half an hour of windows.
        double correlated = Recent / (harmed + Prior);
        ExpectedHarmVariance += soaking * soaking * correlated;
        ExpectedLaterVariance += matured * matured * correlated;
    }

    /// <summary>The mean of the gamma posterior whose prior is worth <see cref="Prior"/> sightings at the usual rate.</summary>
    private static double Rate(double harmed, double atRisk, double usual)
    {
        if (usual > 0)
        {
            return (harmed + Prior) / (atRisk + Prior / usual);
        }

        return atRisk > 0 ? harmed / atRisk : 0;
    }

    private RecentControl Forget(RecentControl entry)
    {
        for (int cell = 0; cell < _cells; cell++)
        {
            _recentAtRisk[cell] -= entry.AtRisk[cell];
            _recentHarmed[cell] -= entry.Harmed[cell];
        }

        foreach ((int key, int devices) in entry.Sightings)
        {
            _recentSightings[key] -= devices;
        }

        _recentDue -= entry.Due;
        _recentCame -= entry.Came;
        entry.Clear();
        return entry;
    }

    private void Bet(EvidenceWindow window)
    {
        int width = Age.Classes + 1;
        Span<long> gains = stackalloc long[RatioGrid.Count];
        foreach (int key in _touched)
        {
            Span<int> counts = _scratch.AsSpan(key, width);
            int stratum = key / width / Measures.Length;
            int measure = key / width % Measures.Length;
            long control = window.ControlAtRisk[stratum];
            for (int age = 0; age < Age.Classes; age++)
            {
                // A device that showed something was watched, even if it left the count of those at risk by doing so.
                long exposed = Math.Max(window.ExposedAtRisk[stratum * Age.Classes + age], counts[age + 1]);

                // Without both arms there is nothing to compare: the bet is 1.
                if (exposed <= 0 || control <= 0 || counts[0] + counts[age + 1] == 0)
                {
                    continue;
                }

                double share = (double)exposed / (exposed + control);
                int cell = stratum % _cells;
                EvidenceRow.Gains(counts[age + 1], counts[0], share, gains);
                double due = share * (counts[age + 1] + counts[0]);
                Bet((cell * Measures.Length + measure) * Age.Classes + age, counts[age + 1], counts[0], due, gains);
                Bet(_rowsInCells + measure * Age.Classes + age, counts[age + 1], counts[0], due, gains);
            }

            counts.Clear();
        }

        _touched.Clear();
    }

    private void Bet(int index, int exposed, int control, double due, ReadOnlySpan<long> gains)
    {
        _values[index] = Row(index).Bet(Minute - _firstMinute, control, due, gains);
        _exposed[index] += exposed;
    }

    private ref EvidenceRow Row(int index)
    {
        int row = _rowOf[index];
        if (row == 0)
        {
            if (_rowCount == _rows.Length)
            {
                Array.Resize(ref _rows, _rows.Length * 2);
            }

            _rows[_rowCount] = EvidenceRow.New();
            row = _rowOf[index] = ++_rowCount;
        }

        return ref _rows[row - 1];
    }
}

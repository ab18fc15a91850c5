using Ringwall.Rollouts;

namespace Ringwall.Server.Health;

/// <summary>One pass over all devices that counts what they showed of a rollout between two minutes. Pure but for the scratch that it fills.</summary>
internal sealed class EvidencePass
{
    private readonly DeviceColumns _devices;
    private readonly RolloutColumns _columns;
    private readonly ListeningTime _listening;
    private readonly long _pace;
    private readonly long _patience;
    private readonly EvidenceWindow _window;
    private readonly FleetCounts _counts;
    private readonly int[] _exposed;
    private readonly int[] _installed;
    private readonly int[] _fallbackAlive;
    private readonly Dictionary<(int Stratum, int Measure, int Age), int> _sightings = [];

    private long _after;
    private long _minute;
    private long _from;
    private long _until;

    /// <summary>Minutes of the window in which somebody listened: what each watched device adds.</summary>
    private long _heard;

    /// <summary>Since when a control device's report counts, and the minutes of listening since then. A device's last report alone is known, and it reports every five minutes: of a longer window the last
    /// interval tells whether reports come, and the rest would only seem to lack them.</summary>
    private long _askedFrom;
    private long _asked;
    private long _due;
    private long _startedAt;

    public EvidencePass(DeviceColumns devices, RolloutColumns columns, ListeningTime listening, FleetClock clock, RolloutSeen rollout)
    {
        _devices = devices;
        _columns = columns;
        _listening = listening;
        _pace = clock.PaceMilliseconds;
        _patience = ReportGroup.DarkMilliseconds(_pace);
        _startedAt = rollout.StartedAt;
        int strata = rollout.Cells.Count * FleetCounts.Rings;
        _window = new EvidenceWindow(strata);
        _counts = new FleetCounts([.. rollout.Cells], new int[strata], new int[strata]);
        _exposed = new int[strata];
        _installed = new int[strata];
        _fallbackAlive = new int[strata];
    }

    public FleetEvidence Run(long after, long minute)
    {
        _after = after;
        _minute = minute;
        _from = (after + 1) * _pace;
        _until = (minute + 1) * _pace;
        _heard = (long)Math.Round((double)_listening.Between(_from, _until) / _pace);
        _askedFrom = Math.Max(_from, _until - (Enrolment.Joining.ReportMinutes * _pace));
        _asked = (long)Math.Round((double)_listening.Between(_askedFrom, _until) / _pace);
        _window.Minute = minute;
        for (int i = 1; i <= _columns.Last; i++)
        {
            if (_columns.Stratum[i] != RolloutColumns.Nowhere && !_devices.Retired[i] && _devices.EnrolledAt[i] < _until)
            {
                Count(i);
            }
        }

        foreach (((int stratum, int measure, int age), int devices) in _sightings)
        {
            _window.Sightings.Add(new Sighting(stratum, measure, age, devices));
        }

        // Each watched control device owes a report every five minutes of listening.
        _window.ControlReportsDue = _due / Enrolment.Joining.ReportMinutes;
        return new FleetEvidence(_window, _counts, _exposed, _installed, _fallbackAlive);
    }

    private void Count(int i)
    {
        int s = _columns.Stratum[i];
        bool late = (_columns.Flags[i] & RunFlags.Late) != 0;
        bool exposed = _columns.Exposed[i] != RolloutColumns.Never && _columns.Exposed[i] <= _minute;
        long at = _devices.At[i];
        bool left = (_devices.Flags[i] & DeviceFlags.Goodbye) != 0 && at < _until;
        long dark = at == 0 || (_devices.Flags[i] & DeviceFlags.Goodbye) != 0 ? long.MaxValue : _listening.Deadline(at, _patience);
        bool online = at > 0 && _devices.Began[i] < _until && !left && dark >= _until;

        long ran = Before(_columns.RanAt[i]);
        long matured = Matured(i, exposed);
        bool senseless = ran > 0 && (!exposed || (matured < 0));
        long harm = Harm(i, s, late, dark);

        _counts.Enrolled[s]++;
        _counts.Reachable[s] += online ? 1 : 0;

        // Under every step that was published, also one that holds only from the next minute on: whoever decides next must have it on the bill. By the minute go arms and ages alone.
        _exposed[s] += _columns.Exposed[i] != RolloutColumns.Never ? 1 : 0;
        _installed[s] += ran > 0 && exposed ? 1 : 0;
        _fallbackAlive[s] += ran > 0 && exposed && (_columns.Flags[i] & RunFlags.Fallback) != 0 && dark >= _until ? 1 : 0;

        bool reported = at >= _from && at < _until;
        if (exposed || senseless)
        {
            _window.Reports += reported ? 1 : 0;
            _window.SetAside += reported && (senseless || (_devices.Flags[i] & DeviceFlags.Senseless) != 0) ? 1 : 0;
        }

        Watch(i, s, late, exposed, online, reported, harm, ran, matured);
        if (exposed && !senseless)
        {
            Settle(s, harm, Before(_columns.TakenAt[i]), matured);
        }
        else if (!exposed && !late && harm >= _from && harm < _until)
        {
            _window.ControlHarmed[s]++;
        }
    }

    /// <summary>Device minutes, by arm.</summary>
    private void Watch(int i, int s, bool late, bool exposed, bool online, bool reported, long harm, long ran, long matured)
    {
        if (!online)
        {
            return;
        }

        if (!late && exposed)
        {
            _window.ExposedAtRisk[(s * Age.Classes) + Age.ClassOf(_minute - _columns.Exposed[i])] += _heard;
        }
        else if (!late)
        {
            _window.ControlAtRisk[s] += _heard;
            _due += _asked;
            _window.ControlReportsCame += reported && _devices.At[i] >= _askedFrom ? 1 : 0;
        }

        bool runs = ran > 0 && exposed && (_columns.Flags[i] & RunFlags.Over) == 0 && harm >= _until;
        _window.MaturedAtRisk[s] += runs && matured > 0 ? _heard : 0;
        _window.SoakingAtRisk[s] += runs && matured == 0 ? _heard : 0;
    }

    /// <summary>Whether the device's outcome became known in this window.</summary>
    private void Settle(int s, long harm, long taken, long matured)
    {
        bool harmedNow = harm >= _from && harm < _until;
        if (taken == 0 || harm < taken)
        {
            // It has not got it yet, or was ill before it got it: evidence of nothing.
            return;
        }

        // Well and ill within one window is ill: that it was well was never folded.
        bool maturedBefore = matured > 0 && matured < _from && matured < harm;
        if (harmedNow && maturedBefore)
        {
            _window.HarmedLater[s]++;
        }
        else if (harmedNow)
        {
            _window.NewlyHarmed[s]++;
        }
        else if (matured >= _from && matured < _until && harm >= _until)
        {
            _window.NewlyMatured[s]++;
        }
    }

    /// <summary>Counts what the device showed for the first time, and gives the moment of its first harm; long.MaxValue for none up to the end of the window.</summary>
    private long Harm(int i, int s, bool late, long dark)
    {
        long harm = long.MaxValue;
        long[]? shown = _columns.HarmsOf(i);
        if (shown is null && dark >= _until)
        {
            return harm;
        }

        for (int measure = 0; measure < Measures.Standard.Length; measure++)
        {
            long first = shown?[measure] ?? long.MaxValue;
            first = measure == Measures.Dark && dark >= _startedAt ? Math.Min(first, dark) : first;
            if (first >= _until)
            {
                continue;
            }

            harm = Measures.Standard[measure].IsHarm ? Math.Min(harm, first) : harm;
            if (first >= _from && !late)
            {
                long minute = first / _pace;
                long since = _columns.Exposed[i];
                int age = since != RolloutColumns.Never && since <= minute ? Age.ClassOf(minute - since) : Sighting.Control;
                _sightings[(s, measure, age)] = _sightings.GetValueOrDefault((s, measure, age)) + 1;
            }
        }

        return harm;
    }

    /// <summary>When it was reported well; 0 for not yet, −1 when it claims to have run the release longer than it can have (<see cref="ReportScreen"/>).</summary>
    private long Matured(int i, bool exposed)
    {
        long matured = Before(_columns.MaturedAt[i]);
        if (matured == 0)
        {
            return 0;
        }

        long minute = matured / _pace;
        ReportVerdict verdict = ReportScreen.Screen(new ReportFacts(minute, minute, 1, 0, _columns.MaturedAge[i], exposed ? _columns.Exposed[i] : -1));
        return verdict == ReportVerdict.Counts ? matured : -1;
    }

    private long Before(long moment) => moment < _until ? moment : 0;
}

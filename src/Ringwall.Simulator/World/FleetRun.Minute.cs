using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>What happens in one minute.</summary>
internal sealed partial class FleetRun
{
    private readonly List<double> _rates = [];
    private readonly List<double> _upTo = [];

    private void Advance(int minute)
    {
        _view.Minute = minute;
        bool outage = OutageEnd(minute) is not null;
        double allRates = Rates(minute);
        EvidenceWindow window = _view.Window;
        window.Clear();
        window.Minute = minute;
        if (_haltMinute < 0)
        {
            for (int device = _head[minute]; device >= 0; device = _next[device])
            {
                Install(device, minute);
            }
        }

        Enrol(minute);
        _harmed += _truthAt[minute];
        _view.VisiblyHarmed = _harmed;
        if (_truthAt[minute] > 0 && _firstHarm < 0)
        {
            _firstHarm = minute;
        }

        if (!outage)
        {
            ShowIllness(window, minute);
        }

        for (int s = 0; s < _strata; s++)
        {
            int slot = minute * _strata + s;
            _online[s] += _onlineChange[slot];
            _exposedAwake[s] += _exposedChange[slot];
            _lateAwake[s] += _lateChange[slot];
            _lateExposedAwake[s] += _lateExposedChange[slot];
            _waiting[s] += _waitingChange[slot];
            _soakingAwake[s] += _soakingChange[slot];
            _wellAwake[s] += _wellChange[slot];
            Grow(minute, s);
            if (outage)
            {
                Postpone(minute, s);
                window.ControlReportsDue += (_online[s] - _exposedAwake[s]) / _fleet.Shape.ReportMinutes;
                continue;
            }

            Faults(window, slot, s);
            Control(window, s, allRates);
            Exposed(window, s, allRates);
            Mature(window, slot, s);
            Lose(slot, s);
            _view.Counts.Reachable[s] = (int)Math.Max(0, _online[s]);
        }

        _view.Changes = minute < _shown ? _view.Changes : ShownChanges(minute);
    }

    private int _shown;

    private Change[] ShownChanges(int minute)
    {
        _shown = minute + 10;
        return [.. _plan.Disturbances.Where(disturbance => !disturbance.IsOutage && disturbance.From <= minute).Select(disturbance => disturbance.ToChange())];
    }

    private double Rates(int minute)
    {
        _rates.Clear();
        _upTo.Clear();
        double sum = 0;
        double hour = 1 + _fleet.Shape.Rhythm * Math.Sin(2 * Math.PI * (minute + _fleet.Shape.StartMinute - 360) / 1440);
        for (int m = 0; m < _plan.Measures.Length; m++)
        {
            double rate = hour * Math.Max(0, _plan.Measures[m].UsualRate - MeasureSet.Chronic(m, _fleet.Shape));
            foreach (Disturbance disturbance in _plan.Disturbances)
            {
                rate *= disturbance.Measure == m && disturbance.Holds(minute) ? disturbance.Factor : 1;
            }

            sum += rate;
            _rates.Add(rate);
            _upTo.Add(sum);
        }

        return sum;
    }

    private void Enrol(int minute)
    {
        for (int s = 0; s < _strata; s++)
        {
            int count = _fleet.Start[s + 1] - _fleet.Start[s];
            _view.Counts.Enrolled[s] = count - _fleet.Late(s, _minutes) + (int)((long)_fleet.Late(s, _minutes) * minute / _minutes);
        }
    }

    /// <summary>Devices grow older: they move to the next class of time since exposure.</summary>
    private void Grow(int minute, int s)
    {
        _ofAge[s * Age.Classes] += _exposedAt[minute * _strata + s];
        for (int age = 1; age < Age.Classes; age++)
        {
            int born = minute - Age.StartMinutes[age];
            if (born >= 0)
            {
                int count = _exposedAt[born * _strata + s];
                _ofAge[s * Age.Classes + age - 1] -= count;
                _ofAge[s * Age.Classes + age] += count;
            }
        }
    }

    private void Faults(EvidenceWindow window, int slot, int s)
    {
        for (int age = 0; age < Age.Classes; age++)
        {
            int seen = _faultSeenAt[slot * Age.Classes + age];
            if (seen <= 0)
            {
                continue;
            }

            window.Sightings.Add(new Sighting(s, _plan.Fault.Measure, age, seen));

            // A device that shows itself is watched no further for this measure; one that went dark is watched for nothing.
            if (_plan.Fault.IsDark)
            {
                _view.FallbackAlive[s] -= Math.Min(seen, _view.FallbackAlive[s]);
            }
        }

        int soaking = _harmedSoakingAt[slot];
        window.NewlyHarmed[s] += soaking;
        _soaking[s] -= soaking;
        int later = Math.Min(_harmedLaterAt[slot], _well[s]);
        window.HarmedLater[s] += later;
        _well[s] -= later;
    }

    /// <summary>Devices that went dark are watched no more from the next minute on.</summary>
    private void Lose(int slot, int s)
    {
        for (int age = 0; age < Age.Classes && _plan.Fault.IsDark; age++)
        {
            _ofAge[s * Age.Classes + age] -= _faultSeenAt[slot * Age.Classes + age];
            _lost[s] += _faultSeenAt[slot * Age.Classes + age];
        }
    }

    private void Control(EvidenceWindow window, int s, double allRates)
    {
        long control = Math.Max(0, _online[s] - _lateAwake[s] - (_exposedAwake[s] - _lateExposedAwake[s]));
        window.ControlAtRisk[s] = control;
        window.ControlReportsDue += control / _fleet.Shape.ReportMinutes;
        window.ControlReportsCame += (long)(control / _fleet.Shape.ReportMinutes * (1 - _fleet.Shape.PacketLoss));
        int count = _dice.Poisson(allRates * control);
        for (int i = 0; i < count; i++)
        {
            int measure = Pick(allRates);
            window.Sightings.Add(new Sighting(s, measure, Sighting.Control, 1));
            window.ControlHarmed[s] += _plan.Measures[measure].IsHarm ? 1 : 0;
        }
    }

    private void Exposed(EvidenceWindow window, int s, double allRates)
    {
        // Who is exposed, and since when, has nothing to do with who sleeps: of every age the same share is awake.
        Span<long> ofAge = _ofAge.AsSpan(s * Age.Classes, Age.Classes);
        long total = _lost[s];
        foreach (long count in ofAge)
        {
            total += Math.Max(0, count);
        }

        if (total <= 0)
        {
            return;
        }

        double awake = Math.Clamp((double)(_exposedAwake[s] - _lateExposedAwake[s]) / total, 0, 1);
        long watched = 0;
        for (int age = 0; age < Age.Classes; age++)
        {
            long atRisk = (long)(Math.Max(0, ofAge[age]) * awake);
            window.ExposedAtRisk[s * Age.Classes + age] = atRisk;
            watched += atRisk;
        }

        // Devices that run the release are awake more often than those that were let in: they were awake when they took it.
        long soaking = Math.Min(Math.Clamp(_soaking[s], 0, _soakingAwake[s]), watched);
        double left = _well[s] + _gone[s] == 0 ? 1 : (double)_well[s] / (_well[s] + _gone[s]);
        long well = Math.Min(Math.Clamp((long)Math.Round(_wellAwake[s] * left), 0, _well[s]), watched - soaking);
        window.SoakingAtRisk[s] = soaking;
        window.MaturedAtRisk[s] = well;
        long reports = watched / _fleet.Shape.ReportMinutes;
        window.Reports += reports;
        window.SetAside += _dice.Poisson(reports * _fleet.Shape.Senseless);
        for (int age = 0; age < Age.Classes; age++)
        {
            int count = _dice.Poisson(allRates * window.ExposedAtRisk[s * Age.Classes + age]);
            for (int i = 0; i < count; i++)
            {
                int measure = Pick(allRates);
                window.Sightings.Add(new Sighting(s, measure, age, 1));
                if (_plan.Measures[measure].IsHarm)
                {
                    Harm(window, s, _dice.Unit() * watched, soaking, well);
                }
            }
        }
    }

    /// <summary>Background harm hits a device that soaks, one that is well, or one that is neither.</summary>
    private void Harm(EvidenceWindow window, int s, double whom, long soaking, long well)
    {
        if (whom < soaking && _soaking[s] > 0)
        {
            window.NewlyHarmed[s]++;
            _soaking[s]--;
            _dropMature[s]++;
        }
        else if (whom >= soaking && whom < soaking + well && _well[s] > 0)
        {
            window.HarmedLater[s]++;
            _well[s]--;
            _gone[s]++;
        }
    }

    private void Mature(EvidenceWindow window, int slot, int s)
    {
        int mature = _matureAt[slot];
        int dropped = Math.Min(mature, _dropMature[s]);
        _dropMature[s] -= dropped;
        _gone[s] += dropped;
        window.NewlyMatured[s] = mature - dropped;
        _soaking[s] -= mature - dropped;
        _well[s] += mature - dropped;
    }

    private int Pick(double allRates)
    {
        double at = _dice.Unit() * allRates;
        int low = 0;
        int high = _upTo.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_upTo[middle] <= at)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Without a control plane nothing is seen; it is seen when that is back.</summary>
    private void Postpone(int minute, int s)
    {
        if (minute + 1 > _minutes)
        {
            return;
        }

        int slot = minute * _strata + s;
        int next = slot + _strata;
        _matureAt[next] += _matureAt[slot];
        _harmedSoakingAt[next] += _harmedSoakingAt[slot];
        _harmedLaterAt[next] += _harmedLaterAt[slot];
        for (int age = 0; age < Age.Classes; age++)
        {
            _faultSeenAt[next * Age.Classes + age] += _faultSeenAt[slot * Age.Classes + age];
        }
    }
}

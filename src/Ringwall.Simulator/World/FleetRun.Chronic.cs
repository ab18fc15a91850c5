using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// Devices that are ill with or without the release: a few that crash every day, more that are slow every day, laptops more often than others. Only the first
/// time counts, in whichever arm the device is then. They are there to test the rules against fleets that are not all alike.
/// </summary>
internal sealed partial class FleetRun
{
    private const int Never = int.MaxValue;

    private readonly (int Minute, int Device)[] _chronic;
    private int _chronicDone;

    /// <summary>When a chronically ill device first shows it, and in which measure.</summary>
    private (int Minute, int Measure) Illness(int device)
    {
        FleetShape shape = _fleet.Shape;
        double often = _fleet.IsLaptop(device) ? FleetShape.LaptopsIll : FleetShape.OthersIll;
        double coin = Dice.Coin(_fleet.Seed ^ 0xC407, (ulong)device) / often;
        if (coin >= shape.ChronicCrash + shape.ChronicSlow)
        {
            return (Never, -1);
        }

        // A machine that sleeps does not crash, nor does it save that up for the minute in which it wakes: the wait is one of minutes awake.
        double wait = -Math.Log(1 - Dice.Coin(_plan.Seed ^ 0x111, (ulong)device)) * shape.ChronicHours * 60;
        int at = wait >= _minutes ? Never : AfterAwake(device, _fleet.Joins(device, _minutes), (int)wait);
        at = at < _minutes && OutageEnd(at) is int end ? end : at;
        return (at, coin < shape.ChronicCrash ? Measures.Crash : Measures.Latency);
    }

    /// <summary>When the device first shows a harm of its own; <see cref="Never"/> for nearly all.</summary>
    private int FirstOwnHarm(int device)
    {
        (int minute, int measure) = Illness(device);
        return measure >= 0 && _plan.Measures[measure].IsHarm ? minute : Never;
    }

    private (int Minute, int Device)[] Chronic()
    {
        var chronic = new List<(int Minute, int Device)>();
        for (int s = 0; s < _strata; s++)
        {
            for (int device = _fleet.Start[s]; device < _fleet.Start[s + 1] - _fleet.Late(s, _minutes); device++)
            {
                int minute = Illness(device).Minute;
                if (minute < _minutes)
                {
                    chronic.Add((minute, device));
                }
            }
        }

        chronic.Sort();
        return [.. chronic];
    }

    private void ShowIllness(EvidenceWindow window, int minute)
    {
        for (; _chronicDone < _chronic.Length && _chronic[_chronicDone].Minute <= minute; _chronicDone++)
        {
            int device = _chronic[_chronicDone].Device;
            int s = _fleet.StratumOf[device];
            int measure = Illness(device).Measure;
            bool exposed = device - _fleet.Start[s] < _scheduled[s];
            window.Sightings.Add(new Sighting(s, measure, exposed ? Age.ClassOf(minute - _exposedMinute[device]) : Sighting.Control, 1));
            window.ControlHarmed[s] += !exposed && _plan.Measures[measure].IsHarm ? 1 : 0;
        }
    }
}

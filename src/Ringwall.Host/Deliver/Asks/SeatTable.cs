using System.Numerics;
using Ringwall.Contract;

namespace Ringwall.Host.Deliver.Asks;

// Threads: the answering thread only.

/// <summary>Who is asked about what, and who should be but is away.</summary>
internal sealed class SeatTable
{
    private readonly SensorSeat?[] _seats = new SensorSeat?[ISeats.Most];
    private readonly Dictionary<string, AskKinds> _missed = [];
    private uint _forExec;
    private uint _forOpen;
    private AskKinds _away;

    public SensorSeat? this[int place] => _seats[place];

    /// <summary>The places of those who are asked about this class, as bits.</summary>
    public uint For(EventClass of) => of == EventClass.Exec ? _forExec : _forOpen;

    /// <summary>Whether somebody who should be asked about this class is away.</summary>
    public bool IsAway(EventClass of) => (_away & (of == EventClass.Exec ? AskKinds.Exec : AskKinds.Open)) != 0;

    /// <summary>Whether all of these have lately let a verdict be remembered.</summary>
    public bool SayCacheable(uint places)
    {
        for (; places != 0; places &= places - 1)
        {
            if (_seats[BitOperations.TrailingZeroCount(places)] is { Counters.SaysCacheable: false })
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="InvalidOperationException">Every place is taken.</exception>
    public void Add(SensorSeat seat)
    {
        int place = Array.IndexOf(_seats, null);
        if (place < 0)
        {
            throw new InvalidOperationException($"{ISeats.Most} sensors are seated, which is the most. Stop one first.");
        }

        seat.Place = place;
        _seats[place] = seat;
        _missed.Remove(seat.Name);
        Count();
    }

    /// <summary>Takes the sensor away; it is missed from now on.</summary>
    public void Remove(SensorSeat seat)
    {
        _seats[seat.Place] = null;
        seat.Place = -1;
        Miss(seat.Name, seat.Asks);
    }

    /// <summary>Takes the sensor away; another of its name comes in its place.</summary>
    public void Relieve(SensorSeat seat)
    {
        _seats[seat.Place] = null;
        seat.Place = -1;
        Count();
    }

    public void Miss(string name, AskKinds asks)
    {
        _missed[name] = asks;
        Count();
    }

    public void Dismiss(string name)
    {
        _missed.Remove(name);
        Count();
    }

    /// <summary>The deadline passed for these places.</summary>
    public void CountMissedDeadlines(uint places)
    {
        for (; places != 0; places &= places - 1)
        {
            _seats[BitOperations.TrailingZeroCount(places)]?.Counters.CountMissedDeadline();
        }
    }

    /// <summary>The answer was found without these places.</summary>
    public void CountExcused(uint places)
    {
        for (; places != 0; places &= places - 1)
        {
            _seats[BitOperations.TrailingZeroCount(places)]?.Counters.CountExcused();
        }
    }

    private void Count()
    {
        (_forExec, _forOpen, _away) = (0, 0, AskKinds.None);
        foreach (SensorSeat? seat in _seats)
        {
            if (seat is not null)
            {
                _forExec |= (seat.Asks & AskKinds.Exec) != 0 ? 1u << seat.Place : 0;
                _forOpen |= (seat.Asks & AskKinds.Open) != 0 ? 1u << seat.Place : 0;
            }
        }

        foreach (AskKinds asks in _missed.Values)
        {
            _away |= asks;
        }
    }
}

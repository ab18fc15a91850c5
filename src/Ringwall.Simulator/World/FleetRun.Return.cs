using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>The way back after a halt.</summary>
internal sealed partial class FleetRun
{
    private const byte Taken = 1;
    private const byte Returning = 2;

    private readonly int[] _offered;
    private readonly int[] _returned;
    private readonly int[] _harmedByReturn;
    private readonly int[] _returnCursor;
    private readonly SortedDictionary<int, List<int>> _returnsAt = [];
    private readonly SortedDictionary<int, int[]> _healthyAt = [];
    private RollbackState? _rollback;
    private long _returnedAll;
    private int _quietMinutes;

    private bool ReturnIsOver => _quietMinutes > 120;

    private void BeginReturn()
    {
        // Only devices that still report can be offered anything. Dark ones are the business of recovery on the device.
        int[] reachable = new int[_strata];
        int[] harmed = new int[_strata];
        for (int s = 0; s < _strata; s++)
        {
            for (int i = 0; i < _scheduled[s]; i++)
            {
                int device = _fleet.Start[s] + i;
                if (_state[device] == Taken)
                {
                    bool isHarmed = WasHarmed(device, _haltMinute);
                    harmed[s] += isHarmed ? 1 : 0;
                    bool back = !(isHarmed && _plan.Fault.IsDark) && (!_strategy.StagesReturn || FallbackIsSound(device));
                    reachable[s] += back ? 1 : 0;
                }
            }
        }

        _rollback = new RollbackState
        {
            Installed = _view.Installed, Harmed = harmed, FallbackAlive = reachable,
            Offered = _offered, Returned = _returned, HarmedByReturn = _harmedByReturn,
        };
    }

    private bool FallbackIsSound(int device) => Dice.Coin(_fleet.Seed ^ 0xA11E, (ulong)device) >= _fleet.Shape.FallbackDead;

    private bool WasHarmed(int device, int minute) => _harmAt.Length > 0 && _harmAt[device] is > 0 and ushort at && at - 1 <= minute;

    private void Return(int minute)
    {
        if (_returnsAt.Remove(minute, out List<int>? returning))
        {
            foreach (int device in returning)
            {
                ReturnOne(device, minute);
            }
        }

        if (_healthyAt.Remove(minute, out int[]? healthy))
        {
            for (int s = 0; s < _strata; s++)
            {
                _returned[s] += healthy[s];
            }
        }

        int[] offer = _strategy.StagesReturn ? RollbackRules.Offer(_plan.Policy, _rollback!) : _rollback!.FallbackAlive;
        bool quiet = _returnsAt.Count == 0 && _healthyAt.Count == 0;
        for (int s = 0; s < _strata; s++)
        {
            while (_offered[s] < offer[s] && _returnCursor[s] < _scheduled[s])
            {
                int device = _fleet.Start[s] + _returnCursor[s]++;
                bool dark = _plan.Fault.IsDark && WasHarmed(device, minute);
                if (_state[device] != Taken || dark || (_strategy.StagesReturn && !FallbackIsSound(device)))
                {
                    continue;
                }

                _offered[s]++;
                _state[device] = Returning;
                quiet = false;
                int at = NextPoll(device, minute + 1);
                if (at < _minutes)
                {
                    (_returnsAt.TryGetValue(at, out List<int>? list) ? list : _returnsAt[at] = []).Add(device);
                }
            }
        }

        _quietMinutes = quiet ? _quietMinutes + 1 : 0;
    }

    private void ReturnOne(int device, int minute)
    {
        int s = _fleet.StratumOf[device];
        if (WasHarmed(device, minute) && _plan.Fault.IsDark)
        {
            return;
        }

        _returnedAll++;
        if (_harmAt.Length > 0 && _harmAt[device] > minute + 1)
        {
            // Back in time: what would have hit it will not.
            _truthAt[_harmAt[device] - 1]--;
            _harmAt[device] = 0;
        }

        bool harmedNow = Dice.Coin(_plan.Seed ^ 0xBAD0, (ulong)device) < _plan.Fault.BadReturn || !FallbackIsSound(device);
        if (harmedNow)
        {
            _harmedByReturn[s]++;
            return;
        }

        int healthy = minute + 10;
        (_healthyAt.TryGetValue(healthy, out int[]? counts) ? counts : _healthyAt[healthy] = new int[_strata])[s]++;
    }
}

using Ringwall.Host.Configuration;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Decide.Guardrails;

/// <summary>A generation has denied too much. Called by the thread of the budgets; must not wait long.</summary>
internal delegate void BudgetTripped(string sensor, long generation, string why);

// Owns:     a budget for each generation that was ever at work, and a thread that tells when one has tripped.
// Threads:  Of and Clear from any, under the lock; what trips only wakes the thread.

/// <summary>The deny budgets of all sensors' generations.</summary>
internal sealed class DenyBudgets : IDisposable
{
    private readonly BudgetConfiguration _limits;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Sensor, long Generation), Kept> _budgets = [];
    private readonly WakeUp _wake = new();
    private volatile bool _stopping;
    private Thread? _thread;

    public DenyBudgets(BudgetConfiguration limits) => _limits = limits;

    /// <summary>Set before <see cref="Start"/>.</summary>
    public BudgetTripped Tripped { get; set; } = (_, _, _) => { };

    /// <summary>The budget of a generation: the same however often it is started.</summary>
    public DenyBudget Of(string sensor, long generation)
    {
        lock (_lock)
        {
            if (!_budgets.TryGetValue((sensor, generation), out Kept? kept))
            {
                _budgets.Add((sensor, generation), kept = new Kept(new DenyBudget(_limits, _wake.Set)));
            }

            return kept.Budget;
        }
    }

    /// <summary>An operator has looked at the sensor: all of its generations begin anew.</summary>
    public void Clear(string sensor)
    {
        lock (_lock)
        {
            foreach (Kept kept in _budgets.Where(one => one.Key.Sensor == sensor).Select(one => one.Value))
            {
                kept.Budget.Clear();
                kept.WasTold = false;
            }
        }
    }

    public void Start()
    {
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "deny budgets", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the thread, and returns when it has ended.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread?.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            foreach ((string sensor, long generation, string why) in TakeTripped())
            {
                Tripped(sensor, generation, why);
            }

            _ = Poll.Readable([_wake.Handle], -1);
            _wake.Clear();
        }
    }

    private List<(string Sensor, long Generation, string Why)> TakeTripped()
    {
        lock (_lock)
        {
            List<(string, long, string)> tripped = [];
            foreach (((string sensor, long generation), Kept kept) in _budgets)
            {
                if (!kept.WasTold && kept.Budget.Why is { } why)
                {
                    kept.WasTold = true;
                    tripped.Add((sensor, generation, why));
                }
            }

            return tripped;
        }
    }

    private sealed class Kept(DenyBudget budget)
    {
        public DenyBudget Budget { get; } = budget;

        public bool WasTold { get; set; }
    }
}

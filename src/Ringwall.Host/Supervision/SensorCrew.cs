using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Sandboxes;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Supervision;

// Owns:     all sensors of one host, one SensorSuccession each, and the thread that moves their generations.
// Threads:  Start and Dispose by one thread; everything else from any. Nothing here waits for a sensor but Dispose.

/// <summary>Starts, watches, restarts and quarantines the sensors. One that fails leaves all others alone.</summary>
internal sealed class SensorCrew : ISensorSwitch, IDisposable
{
    private readonly TellFigures _figures;
    private readonly DenyBudgets? _budgets;
    private readonly SuccessionThread _thread;
    private readonly SensorSuccession[] _sensors;
    private bool _ended;

    public SensorCrew(CrewContext context)
    {
        _budgets = context.Budgets;
        _figures = context.ToldAndLost;
        foreach (ConfigurationProblem problem in Check(context.Sensors))
        {
            context.Say($"{problem}");
        }

        // Those that stand in another's way are not started; the rest is.
        IEnumerable<SensorConfiguration> fit = context.Sensors.DistinctBy(s => SensorUser.For(s.Name)).Take(ISeats.Most);
        _thread = new SuccessionThread(Tick, context.Say);
        _sensors = [.. fit.Select(s => new SensorSuccession(context, _thread, s))];
    }

    /// <summary>What stands against running these sensors together.</summary>
    public static IReadOnlyList<ConfigurationProblem> Check(IReadOnlyList<SensorConfiguration> sensors)
    {
        List<ConfigurationProblem> problems = [];
        if (sensors.Count > ISeats.Most)
        {
            problems.Add(new ConfigurationProblem("sensors", $"{sensors.Count} are configured, and at most {ISeats.Most} can be asked", "take some out"));
        }

        foreach (IGrouping<uint, SensorConfiguration> same in sensors.GroupBy(s => SensorUser.For(s.Name)).Where(g => g.Count() > 1))
        {
            problems.Add(new ConfigurationProblem(
                "sensors",
                $"{string.Join(" and ", same.Select(s => s.Name))} would share user {same.Key}, which is made of the name",
                "give one of them another name"));
        }

        return problems;
    }

    /// <summary>Has every sensor missed until it is seated: a closed machine stays closed while they start.</summary>
    public void Expect()
    {
        foreach (SensorSuccession sensor in _sensors)
        {
            sensor.Expect();
        }
    }

    /// <summary>Starts every sensor. Does not wait for them.</summary>
    public void Start()
    {
        foreach (SensorSuccession sensor in _sensors)
        {
            sensor.Start();
        }

        _thread.Start();
    }

    /// <summary>Returns when every sensor is at work or has failed once, or the patience is over.</summary>
    public void AwaitFirst(TimeSpan patience)
    {
        long until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        foreach (SensorSuccession sensor in _sensors)
        {
            sensor.AwaitFirst(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64)));
        }
    }

    /// <summary>The sensor of this name; null when there is none.</summary>
    public SensorSuccession? Of(string name) => Array.Find(_sensors, sensor => sensor.Name == name);

    /// <summary>The generation that stands by for a sensor; null when none does, or it is not at work.</summary>
    public IShadow? FallbackOf(string name) => Of(name)?.Running().FirstOrDefault(running => running is { Standing: Standing.Fallback, State: ShadowState.AtWork });

    /// <summary>Every generation that runs, sensor by sensor, the one in service first.</summary>
    public IReadOnlyList<SensorSnapshot> Snapshot() => [.. _sensors.SelectMany(sensor => sensor.Running()).Select(running => running.Post.Snapshot())];

    /// <summary>The same in the words of the control socket, one line for each sensor.</summary>
    public IReadOnlyList<SensorStatus> Statuses() => [.. _sensors.Select(sensor => SensorStatuses.Of(sensor, _figures))];

    public SwitchOutcome Restart(string name) => Order(name, SensorOrder.Restart);

    public SwitchOutcome Stop(string name) => Order(name, SensorOrder.Stop);

    public SwitchOutcome Start(string name) => Order(name, SensorOrder.Start);

    /// <summary>Ends all sensors, at the same time, and waits until they have ended.</summary>
    public void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        foreach (SensorSuccession sensor in _sensors)
        {
            sensor.Close();
        }

        _thread.Dispose();
        foreach (SensorSuccession sensor in _sensors)
        {
            sensor.Dispose();
        }
    }

    public void Dispose() => End();

    private void Tick()
    {
        foreach (SensorSuccession sensor in _sensors)
        {
            sensor.Tick();
        }
    }

    private SwitchOutcome Order(string name, SensorOrder order)
    {
        if (order is not SensorOrder.Stop)
        {
            _budgets?.Clear(name);      // whoever starts it by hand has looked at it
        }

        return Of(name)?.Order(order) ?? SwitchOutcome.NoSuchSensor;
    }
}

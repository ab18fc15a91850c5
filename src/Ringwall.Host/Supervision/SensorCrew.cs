using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Deliver;
using Ringwall.Host.Sandboxes;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Supervision;

// Owns:     all sensors of one host, one SensorPost each.
// Threads:  Start and Dispose by one thread; everything else from any. Nothing here waits for a sensor but Dispose.

/// <summary>Starts, watches, restarts and quarantines the sensors. One that fails leaves all others alone.</summary>
internal sealed class SensorCrew : ISensorSwitch, IDisposable
{
    private readonly TellFigures _figures;
    private readonly SensorPost[] _posts;

    public SensorCrew(CrewContext context)
    {
        _figures = context.ToldAndLost;
        foreach (ConfigurationProblem problem in Check(context.Sensors))
        {
            context.Say($"{problem}");
        }

        // Those that stand in another's way are not started; the rest is.
        IEnumerable<SensorConfiguration> fit = context.Sensors.DistinctBy(s => SensorUser.For(s.Name)).Take(ISeats.Most);
        _posts = [.. fit.Select(s => new SensorPost(context, s))];
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
        foreach (SensorPost post in _posts)
        {
            post.Expect();
        }
    }

    /// <summary>Starts every sensor. Does not wait for them.</summary>
    public void Start()
    {
        foreach (SensorPost post in _posts)
        {
            post.Open();
        }
    }

    /// <summary>Returns when every sensor is at work or has failed once, or the patience is over.</summary>
    public void AwaitFirst(TimeSpan patience)
    {
        long until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        foreach (SensorPost post in _posts)
        {
            post.AwaitFirst(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64)));
        }
    }

    public IReadOnlyList<SensorSnapshot> Snapshot() => [.. _posts.Select(p => p.Snapshot())];

    /// <summary>The same in the words of the control socket.</summary>
    public IReadOnlyList<SensorStatus> Statuses() => [.. _posts.Select(p => SensorStatuses.Of(p.Snapshot(), _figures))];

    public SwitchOutcome Restart(string name) => Order(name, SensorOrder.Restart);

    public SwitchOutcome Stop(string name) => Order(name, SensorOrder.Stop);

    public SwitchOutcome Start(string name) => Order(name, SensorOrder.Start);

    /// <summary>Ends all sensors, at the same time, and waits until they have ended.</summary>
    public void End()
    {
        foreach (SensorPost post in _posts)
        {
            post.Close();
        }

        foreach (SensorPost post in _posts)
        {
            post.AwaitEnd();
        }
    }

    public void Dispose()
    {
        End();
        foreach (SensorPost post in _posts)
        {
            post.Dispose();
        }
    }

    private SwitchOutcome Order(string name, SensorOrder order) =>
        Array.Find(_posts, p => p.Configuration.Name == name)?.Order(order) ?? SwitchOutcome.NoSuchSensor;
}

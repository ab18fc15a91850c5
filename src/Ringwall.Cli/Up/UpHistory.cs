using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

/// <summary>What a view remembers: the last two statuses give rates, the last samples a small curve, the last findings a list. Pure; the caller brings the clock.</summary>
internal sealed class UpHistory
{
    public const int SamplesKept = 120;
    private const int FindingsKept = 100;

    private readonly Dictionary<string, Queue<double>> _curves = [];
    private readonly LinkedList<DetectionFinding> _findings = new();
    private HostStatus? _before;

    /// <summary>The latest status; null before the first.</summary>
    public HostStatus? Now { get; private set; }

    /// <summary>The fleet that was brought along; null without one.</summary>
    public FleetSight? Fleet { get; init; }

    /// <summary>Whether a host answered when it was last asked.</summary>
    public bool IsThere { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyCollection<DetectionFinding> Findings => _findings;

    /// <summary>Seconds since something was denied; null when nothing was.</summary>
    public DetectionFinding? LastDenial { get; private set; }

    public void Add(HostStatus? status)
    {
        IsThere = status is not null;
        if (status is null)
        {
            return;
        }

        // Counts of another host begin anew.
        _before = Now?.Pid == status.Pid ? Now : null;
        Now = status;
        foreach (SourceFigures source in status.Sources)
        {
            Sample($"source/{source.Source}", Rate(before => Events(before, source.Source)));
        }

        Sample("asks", Rate(Asked));
    }

    public void Add(DetectionFinding finding)
    {
        _findings.AddFirst(finding);
        if (_findings.Count > FindingsKept)
        {
            _findings.RemoveLast();
        }

        if (Views.FindingView.IsDenial(finding))
        {
            LastDenial = finding;
        }
    }

    /// <summary>How fast something has grown between the last two statuses, per second.</summary>
    public double Rate(Func<HostStatus, long> count)
    {
        if (_before is null || Now is null)
        {
            return 0;
        }

        double seconds = (Now.Now - _before.Now).TotalSeconds;
        return seconds <= 0 ? 0 : Math.Max(0, (count(Now) - count(_before)) / seconds);
    }

    /// <summary>The last samples of a curve, oldest first.</summary>
    public IReadOnlyCollection<double> Curve(string name) => _curves.TryGetValue(name, out Queue<double>? samples) ? samples : [];

    public static long Events(HostStatus status, string source) => status.Sources.FirstOrDefault(one => one.Source == source)?.Events ?? 0;

    public static long Asked(HostStatus status) => status.Asks.Sum(asks => asks.Asked);

    public static long Asked(HostStatus status, string @class) => status.Asks.FirstOrDefault(one => one.Class == @class)?.Asked ?? 0;

    public static long AskedOf(HostStatus status, string sensor) => status.Sensors.FirstOrDefault(one => one.Name == sensor)?.Asked ?? 0;

    public static long ToldOf(HostStatus status, string sensor) => status.Sensors.FirstOrDefault(one => one.Name == sensor)?.Told ?? 0;

    private void Sample(string name, double value)
    {
        if (!_curves.TryGetValue(name, out Queue<double>? samples))
        {
            _curves.Add(name, samples = new Queue<double>());
        }

        samples.Enqueue(value);
        if (samples.Count > SamplesKept)
        {
            samples.Dequeue();
        }
    }
}

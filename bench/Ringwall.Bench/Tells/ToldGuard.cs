using Ringwall.Bench.Running;
using Ringwall.Bench.Sides;

namespace Ringwall.Bench.Tells;

/// <summary>Ringwall with sensors that are only told, and a way to hear what they counted.</summary>
internal sealed class ToldGuard : IDisposable
{
    private readonly string _report;
    private readonly int _sensors;
    private Dictionary<string, (Counts Last, int Reports)> _last = [];

    public ToldGuard(Workshop workshop, string reportProgram, int sensors)
    {
        _report = reportProgram;
        _sensors = sensors;
        Guard = new RingwallGuard(workshop, null, [.. Enumerable.Repeat(new SensorChoice { Tells = true }, sensors)]);
        try
        {
            _ = Ask(TimeSpan.FromSeconds(30));
        }
        catch
        {
            Guard.Dispose();
            throw;
        }
    }

    public RingwallGuard Guard { get; }

    /// <summary>
    /// Has every sensor report and waits for it. Process events come in order, so the report counts all that happened before; until it comes, the
    /// program that asks for it is started again (at the beginning there may be nobody yet to be told of it).
    /// </summary>
    public IReadOnlyList<Counts> Ask(TimeSpan patience, Func<IReadOnlyList<Counts>, bool>? enough = null)
    {
        long end = RingwallGuard.MonotonicNs() + (long)patience.TotalNanoseconds;
        while (true)
        {
            var before = _last;
            Tool.Require(_report);
            for (int i = 0; i < 20; i++)
            {
                _last = Counts.Read(Guard.Findings());
                if (_last.Count == _sensors && _last.All(sensor => !before.TryGetValue(sensor.Key, out var known) || sensor.Value.Reports > known.Reports))
                {
                    Counts[] counts = [.. _last.OrderBy(sensor => sensor.Key, StringComparer.Ordinal).Select(sensor => sensor.Value.Last)];
                    if (enough?.Invoke(counts) ?? true)
                    {
                        return counts;
                    }

                    if (RingwallGuard.MonotonicNs() > end)
                    {
                        return counts;
                    }

                    break;
                }

                _ = Tool.Run("sleep", "0.05");
            }

            if (RingwallGuard.MonotonicNs() > end + 30_000_000_000)
            {
                throw new BenchException($"{_sensors - _last.Count} of {_sensors} sensors reported nothing. {Guard.Errors}");
            }
        }
    }

    public void Dispose() => Guard.Dispose();
}

using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>Something on top of the release: an update of the system makes a measure worse on every device; an outage loses every report and poll.</summary>
/// <param name="Name">As the list of changes has it.</param>
/// <param name="From">First minute.</param>
/// <param name="Until">End.</param>
/// <param name="Measure">What gets worse, or −1 for an outage of the control plane.</param>
/// <param name="Factor">How many times as often it shows.</param>
internal sealed record Disturbance(string Name, int From, int Until, int Measure, double Factor)
{
    public bool IsOutage => Measure < 0;

    public bool Holds(int minute) => minute >= From && minute < Until;

    public Change ToChange() => new(Name, From, []);
}

namespace Ringwall.Rollouts;

/// <summary>
/// One thing that can go wrong on a device, as a yes or no with a fixed definition: processor time, memory and latency count when they pass a
/// threshold that was set before the release existed.
/// </summary>
/// <param name="Name">As people say it: "crash", "gone dark".</param>
/// <param name="IsHarm">A device with this is harmed, and counts against the budget. Others are judged but do not spend it.</param>
/// <param name="UsualRate">Devices that show it for the first time, per device and minute, in the weeks before the release.</param>
/// <param name="Weight">Its say in the evidence, relative to the other measures.</param>
public sealed record Measure(string Name, bool IsHarm, double UsualRate, double Weight);

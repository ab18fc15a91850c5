using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>What is wrong with a release.</summary>
/// <param name="Kind">In which way.</param>
/// <param name="Effect">The share of the devices that take the release which it harms, over the whole fleet.</param>
/// <param name="Measure">What shows.</param>
/// <param name="Onset">Minutes from installation to harm: the median.</param>
/// <param name="Cell">The only cell that it harms, or −1.</param>
/// <param name="BadReturn">The share of devices that its rollback harms.</param>
internal sealed record Fault(FaultKind Kind, double Effect, int Measure, int Onset, int Cell = -1, double BadReturn = 0)
{
    public static Fault None { get; } = new(FaultKind.None, 0, 0, 0);

    /// <summary>The fault shows within this many minutes on most devices that it harms.</summary>
    public bool ShowsWithin(int soak) => Kind switch
    {
        FaultKind.None => false,
        FaultKind.CrashOnRareEvent => Onset * 1.5 <= soak,
        _ => Onset * 1.25 <= soak,
    };

    public bool IsDark => Measure == Measures.Dark;

    /// <summary>Whether and when this device is harmed: minutes after installation, or −1.</summary>
    public int HarmAfter(int device, int stratum, int cells, double effectHere, ulong seed)
    {
        if (effectHere <= 0 || (Cell >= 0 && stratum % cells != Cell) || (Kind == FaultKind.SparesCanaries && stratum < cells))
        {
            return -1;
        }

        if (Dice.Coin(seed ^ 0xFA17, (ulong)device) >= effectHere)
        {
            return -1;
        }

        double u = Dice.Coin(seed ^ 0x0517, (ulong)device);
        return Kind switch
        {
            // Waiting for a rare event: exponential, with the stated median.
            FaultKind.CrashOnRareEvent => Math.Max(1, (int)(-Math.Log(1 - u) * Onset / Math.Log(2))),
            FaultKind.Leak => (int)(Onset * (0.6 + 0.8 * u)),
            _ => Math.Max(1, (int)(Onset * (0.75 + 0.5 * u))),
        };
    }
}

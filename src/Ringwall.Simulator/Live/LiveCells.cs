using Ringwall.Rollouts;
using Ringwall.Wire.Probation;

namespace Ringwall.Simulator;

/// <summary>What kind of machine each simulated device says it is, and in which ring it is enrolled: every cell has devices in every ring.</summary>
internal static class LiveCells
{
    /// <summary>Where a release that is bad in one cell is bad.</summary>
    public const int BadCell = 1;

    private static readonly CellSensor[] Sensors = [new("sigma", "1.2", "12"), new("yara", "4.5", "7")];

    public static MachineCell[] All { get; } =
    [
        new("debian 12", "6.1.0-28-amd64", "x64", Sensors),
        new("ubuntu 24.04", "6.8.0-49-generic", "x64", Sensors),
        new("rhel 9", "5.14.0-503.el9", "x64", Sensors),
    ];

    /// <summary>
    /// Of twenty devices five are canaries and five come early: more than a real fleet has, because of some hundred devices a hundredth would be too few to compare the first that take a release with.
    /// </summary>
    public static Ring RingOf(int device) => (device % 20) switch
    {
        < 5 => Ring.Canary,
        < 10 => Ring.Early,
        < 19 => Ring.Broad,
        _ => Ring.Critical,
    };

    public static int CellOf(int device) => device / 20 % All.Length;
}

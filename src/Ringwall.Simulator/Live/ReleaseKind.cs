namespace Ringwall.Simulator;

/// <summary>How a simulated device takes a release.</summary>
internal static class ReleaseKind
{
    public const string Good = "good";
    public const string Bad = "bad";
    public const string BadInOneCell = "bad-in-one-cell";

    /// <summary>Of the devices that take a bad release this share crashes: enough for a visitor to see it halted within minutes.</summary>
    private const double Harmed = 0.6;

    /// <summary>The same where it is bad: a third of the devices have to be proof enough.</summary>
    private const double HarmedInOneCell = 0.95;

    public static string[] Names { get; } = [Good, Bad, BadInOneCell];

    /// <summary>Minutes of a rollout in service after which a release makes the device crash; −1 for never. The same device and release always fare alike.</summary>
    public static int CrashesAfter(string kind, int cell, ulong seed, ulong deviceAndRelease)
    {
        bool isHit = kind == Bad || (kind == BadInOneCell && cell == LiveCells.BadCell);
        return isHit && Dice.Coin(seed ^ 0xBAD, deviceAndRelease) < (kind == Bad ? Harmed : HarmedInOneCell) ? 1 + (int)(Dice.Coin(seed ^ 0x717E, deviceAndRelease) * 6) : -1;
    }
}

namespace Ringwall.Rollouts;

/// <summary>
/// The fleet as the rules see it: counts, no devices. A stratum is one ring in one cell; its number is ring × cells + cell.
/// </summary>
public sealed class FleetCounts
{
    public const int Rings = 4;

    /// <param name="cells">The names of the cells, for the words on the page.</param>
    /// <param name="enrolled">Devices by stratum that belonged to the fleet when the release started, plus late joiners.</param>
    /// <param name="reachable">Devices by stratum that reported lately.</param>
    public FleetCounts(string[] cells, int[] enrolled, int[] reachable)
    {
        if (enrolled.Length != cells.Length * Rings || reachable.Length != enrolled.Length)
        {
            throw new ArgumentException("There is one count for each ring and cell.");
        }

        Cells = cells;
        Enrolled = enrolled;
        Reachable = reachable;
    }

    public string[] Cells { get; }

    public int[] Enrolled { get; }

    public int[] Reachable { get; }

    public int Strata => Enrolled.Length;

    public int Stratum(Ring ring, int cell) => (int)ring * Cells.Length + cell;

    public Ring RingOf(int stratum) => (Ring)(stratum / Cells.Length);

    public int CellOf(int stratum) => stratum % Cells.Length;

    public string Name(int stratum) => $"{RingOf(stratum).ToString().ToLowerInvariant()} / {Cells[CellOf(stratum)]}";
}

namespace Ringwall.Server.Dashboard.Models;

/// <summary>The fleet as rings around each other, the canaries in the middle.</summary>
public sealed record RingsView
{
    /// <summary>Canary first.</summary>
    public required IReadOnlyList<Ring> Rings { get; init; }

    /// <summary>The release whose exposure is drawn; null draws health alone.</summary>
    public string? Release { get; init; }

    public bool Halted { get; init; }

    public int Devices => Rings.Sum(ring => ring.Devices);

    public int Exposed => Rings.Sum(ring => ring.Exposed);

    /// <param name="Name">As "canary".</param>
    /// <param name="Cells">Largest first.</param>
    public sealed record Ring(string Name, IReadOnlyList<Part> Cells)
    {
        public int Devices => Cells.Sum(cell => cell.Devices);

        public int Exposed => Cells.Sum(cell => cell.Exposed);

        public int Harmed => Cells.Sum(cell => cell.Harmed);

        public int Dark => Cells.Sum(cell => cell.Dark);
    }

    /// <param name="Cell">Its name.</param>
    /// <param name="Devices">Enrolled.</param>
    /// <param name="Exposed">May install the release.</param>
    /// <param name="Harmed">Showed a harm lately.</param>
    /// <param name="Dark">Went silent without a goodbye.</param>
    public sealed record Part(string Cell, int Devices, int Exposed, int Harmed, int Dark);
}

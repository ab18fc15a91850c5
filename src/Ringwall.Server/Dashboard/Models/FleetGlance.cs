namespace Ringwall.Server.Dashboard.Models;

/// <summary>The first page.</summary>
public sealed record FleetGlance
{
    public required int Devices { get; init; }

    /// <summary>Reported when they should have.</summary>
    public required int Reporting { get; init; }

    /// <summary>Silent without a goodbye.</summary>
    public required int Dark { get; init; }

    /// <summary>Showed a harm within a day.</summary>
    public required int Harmed { get; init; }

    public required IReadOnlyList<Need> Needs { get; init; }

    public required RingsView Rings { get; init; }

    /// <summary>The rollout that <see cref="Rings"/> shows.</summary>
    public RolloutRow? Running { get; init; }

    public required IReadOnlyList<Cell> Cells { get; init; }

    /// <summary>Cells beyond those, which are smaller and in no trouble.</summary>
    public int CellsLeftOut { get; init; }

    public required IReadOnlyList<RolloutRow> Lately { get; init; }

    /// <summary>Devices alike, over all rings.</summary>
    public sealed record Cell(string Name, int Devices, int Reporting, int Dark, int Harmed, int Exposed);
}

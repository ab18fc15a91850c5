namespace Ringwall.Server.Health;

/// <summary>A device's row in health_runs. Moments that are null here stay as they are in the table.</summary>
internal sealed class RunRow
{
    public required int Release { get; init; }

    public required int Number { get; init; }

    public byte State { get; set; }

    public long StateAt { get; set; }

    public long? TakenAt { get; set; }

    public long? RanAt { get; set; }

    public long? MaturedAt { get; set; }

    public int MaturedAge { get; set; }

    public bool Fallback { get; set; }
}

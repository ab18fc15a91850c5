namespace Ringwall.Rollouts;

/// <summary>A ledger as it is stored with a decision.</summary>
public sealed record LedgerRecord
{
    public required int Cells { get; init; }

    public required Measure[] Measures { get; init; }

    public required int[] Matured { get; init; }

    public required int[] Harmed { get; init; }

    public required int[] HarmedLater { get; init; }

    public required double[] ExpectedHarm { get; init; }

    public required double[] ExpectedLater { get; init; }

    public required double ExpectedHarmVariance { get; init; }

    public required double ExpectedLaterVariance { get; init; }

    public required long Minute { get; init; }

    public required long LastMaturedMinute { get; init; }

    public required long Windows { get; init; }

    public required long SetAside { get; init; }

    public required long Reports { get; init; }

    public required RowRecord[] Rows { get; init; }

    public required int[] RecentSightings { get; init; }

    public required long[] RecentAtRisk { get; init; }

    public required long RecentDue { get; init; }

    public required long RecentCame { get; init; }
}

namespace Ringwall.Host.Responses;

/// <summary>What is to be taken back: every act that all of this is true of.</summary>
internal sealed record UndoOrder
{
    public string? Sensor { get; init; }

    public long? Generation { get; init; }

    public DateTimeOffset? Since { get; init; }

    public long? Id { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }

    public bool Means(Act act) =>
        (Sensor is null || act.Sensor == Sensor) && (Generation is null || act.Generation == Generation) && (Since is null || act.At >= Since) && (Id is null || act.Id == Id);
}

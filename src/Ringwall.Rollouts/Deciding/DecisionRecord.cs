using System.Text.Json;

namespace Ringwall.Rollouts;

/// <summary>The input of one decision as it is stored. Whoever has it can decide again and must get the same.</summary>
public sealed record DecisionRecord
{
    public required ReleaseFacts Release { get; init; }

    public required RolloutPolicy Policy { get; init; }

    public required string[] Cells { get; init; }

    public required int[] Enrolled { get; init; }

    public required int[] Reachable { get; init; }

    public required LedgerRecord Ledger { get; init; }

    public required int[] Exposed { get; init; }

    public required int[] Installed { get; init; }

    public required int[] FallbackAlive { get; init; }

    public required long[] GrownMinute { get; init; }

    public required Change[] Changes { get; init; }

    public required long HighestVersion { get; init; }

    public required bool Halted { get; init; }

    public required long Now { get; init; }

    public static DecisionRecord Of(RolloutInput input) => new()
    {
        Release = input.Release,
        Policy = input.Policy,
        Cells = [.. input.Fleet.Cells],
        Enrolled = [.. input.Fleet.Enrolled],
        Reachable = [.. input.Fleet.Reachable],
        Ledger = input.Ledger.Record(),
        Exposed = [.. input.Exposed],
        Installed = [.. input.Installed],
        FallbackAlive = [.. input.FallbackAlive],
        GrownMinute = [.. input.GrownMinute],
        Changes = [.. input.Changes],
        HighestVersion = input.HighestVersion,
        Halted = input.Halted,
        Now = input.Now,
    };

    public RolloutInput Restore() => new()
    {
        Release = Release,
        Policy = Policy,
        Fleet = new FleetCounts(Cells, Enrolled, Reachable),
        Ledger = EvidenceLedger.Replay(Ledger),
        Exposed = Exposed,
        Installed = Installed,
        FallbackAlive = FallbackAlive,
        GrownMinute = GrownMinute,
        Changes = Changes,
        HighestVersion = HighestVersion,
        Halted = Halted,
        Now = Now,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RolloutJson.Default.DecisionRecord);

    public static DecisionRecord FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RolloutJson.Default.DecisionRecord) ?? throw new JsonException("An empty decision record.");
}

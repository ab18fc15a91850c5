using System.Text.Json;
using Ringwall.Rollouts;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>One rollout as its row has it. What is not there before it began is empty.</summary>
internal sealed record Rollout
{
    /// <summary>All columns, by the names of the properties.</summary>
    public const string Columns =
        "id, release, vendor, sensor, stream, number, version, state, urgent, asked_at, asked_by, salt, began_at, policy, cells, folded, decisions, decided_at, kind, words, strata, exposed, enrolled, "
        + "installed, matured, harmed, spent, evidence, ended_at, revision";

    public required string Id { get; init; }

    public required string Release { get; init; }

    public required string Vendor { get; init; }

    public required string Sensor { get; init; }

    public required string Stream { get; init; }

    public required long Number { get; init; }

    public required string Version { get; init; }

    /// <summary>One of <see cref="RolloutStates"/>.</summary>
    public required string State { get; init; }

    public required long Urgent { get; init; }

    public required long AskedAt { get; init; }

    public required string AskedBy { get; init; }

    /// <summary>Hexadecimal.</summary>
    public required string Salt { get; init; }

    public required long BeganAt { get; init; }

    public required string Policy { get; init; }

    public required string Cells { get; init; }

    public required long Folded { get; init; }

    public required long Decisions { get; init; }

    public required long DecidedAt { get; init; }

    public required string Kind { get; init; }

    public required string Words { get; init; }

    public required string Strata { get; init; }

    public required long Exposed { get; init; }

    public required long Enrolled { get; init; }

    public required long Installed { get; init; }

    public required long Matured { get; init; }

    public required long Harmed { get; init; }

    public required double Spent { get; init; }

    public required double Evidence { get; init; }

    public required long EndedAt { get; init; }

    public required long Revision { get; init; }

    public bool IsUrgent => Urgent != 0;

    public bool HasBegun => BeganAt > 0;

    /// <summary>Whether the rules look at it: what was paused or is complete may still turn out to harm.</summary>
    public bool IsDriven => State is RolloutStates.Running or RolloutStates.Paused or RolloutStates.Complete;

    public int ApprovalsNeeded => IsUrgent ? 2 : 1;

    public string[] CellNames => JsonSerializer.Deserialize<string[]>(Cells)!;

    /// <summary>As it was when the rollout began; windows, freezes and pins are the fleet's of now.</summary>
    public FleetPolicy FleetPolicy => Policy.Length == 0 ? new FleetPolicy() : JsonSerializer.Deserialize<FleetPolicy>(Policy, JsonSerializerOptions.Web)!;

    public StrataCounts? Counts => Strata.Length == 0 ? null : JsonSerializer.Deserialize<StrataCounts>(Strata, JsonSerializerOptions.Web);

    public ReleaseStream ReleaseStream => Stream switch
    {
        "engine" => ReleaseStream.Engine,
        "content" => ReleaseStream.Content,
        "configuration" => ReleaseStream.Configuration,
        "exclusion" => ReleaseStream.Exclusion,
        _ => ReleaseStream.KillSwitch,
    };
}

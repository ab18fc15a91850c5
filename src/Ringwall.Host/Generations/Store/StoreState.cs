using System.Text.Json.Serialization;

namespace Ringwall.Host.Generations.Store;

/// <summary>What the store remembers of one sensor besides its generations: its state.json.</summary>
internal sealed record StoreState
{
    public int Format { get; init; } = 1;

    /// <summary>No generation below this number is made any more.</summary>
    public long Next { get; init; } = 1;

    /// <summary>Null: number 0, if there is one.</summary>
    public long? InService { get; init; }

    /// <summary>Those that were in service before, the latest last.</summary>
    public IReadOnlyList<long> Served { get; init; } = [];

    public long? Pinned { get; init; }

    /// <summary>Those that passed their trial.</summary>
    public IReadOnlyList<long> Passed { get; init; } = [];

    public IReadOnlyList<Refusal> Refused { get; init; } = [];
}

/// <summary>A generation that is not promoted any more.</summary>
/// <param name="Number">Which one.</param>
/// <param name="Why">In words.</param>
/// <param name="At">Since when.</param>
/// <param name="Served">It was in service when it failed.</param>
internal sealed record Refusal(long Number, string Why, DateTimeOffset At, bool Served = false);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StoreState))]
[JsonSerializable(typeof(GenerationRecord))]
internal sealed partial class StoreJson : JsonSerializerContext;

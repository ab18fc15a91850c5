using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringwall.Host.Responses;

/// <summary>One line of the undo journal: an act, or a step of one.</summary>
internal sealed record JournalLine
{
    public required long Id { get; init; }

    public required ActState Step { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>With <see cref="ActState.Begun"/> alone.</summary>
    public Act? Act { get; init; }

    public string? Note { get; init; }

    public ulong Device { get; init; }

    public ulong Inode { get; init; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalLineJson : JsonSerializerContext;

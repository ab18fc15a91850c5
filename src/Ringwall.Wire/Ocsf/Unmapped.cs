using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>What the schema has no place for.</summary>
public sealed record Unmapped
{
    [JsonPropertyName("sensor")]
    public required string Sensor { get; init; }

    [JsonPropertyName("generation")]
    public required int Generation { get; init; }

    /// <summary>The tell event or ask that led to it, as the sensor named it.</summary>
    [JsonPropertyName("event")]
    public string? Event { get; init; }

    /// <summary>Tags of the sensor that are no ATT&amp;CK names.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>How many findings of this sensor were dropped since its last one.</summary>
    [JsonPropertyName("dropped_before")]
    public long? DroppedBefore { get; init; }

    /// <summary>Why the sensor's denial was not applied; absent when it was, and for what is no denial.</summary>
    [JsonPropertyName("not_applied")]
    public string? NotApplied { get; init; }

    /// <summary>Something in it was cut to its greatest length.</summary>
    [JsonPropertyName("truncated")]
    public bool? Truncated { get; init; }
}

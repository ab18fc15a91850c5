using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>The rule that matched.</summary>
public sealed record Analytic
{
    [JsonPropertyName("uid")]
    public required string Uid { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>1 Rule.</summary>
    [JsonPropertyName("type_id")]
    public int TypeId { get; init; } = 1;

    [JsonPropertyName("type")]
    public string Type { get; init; } = "Rule";

    [JsonPropertyName("version")]
    public string? Version { get; init; }
}

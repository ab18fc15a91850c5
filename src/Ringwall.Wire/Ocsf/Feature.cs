using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>The sensor, by the names that it is installed under.</summary>
public sealed record Feature
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("uid")]
    public string? Uid { get; init; }

    [JsonPropertyName("version")]
    public string? Version { get; init; }
}

using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>One name in MITRE ATT&amp;CK.</summary>
public sealed record AttackName
{
    [JsonPropertyName("uid")]
    public required string Uid { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }
}

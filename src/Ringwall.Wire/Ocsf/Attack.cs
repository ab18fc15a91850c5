using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>A technique or tactic of MITRE ATT&amp;CK.</summary>
public sealed record Attack
{
    [JsonPropertyName("technique")]
    public AttackName? Technique { get; init; }

    [JsonPropertyName("sub_technique")]
    public AttackName? SubTechnique { get; init; }

    [JsonPropertyName("tactic")]
    public AttackName? Tactic { get; init; }
}

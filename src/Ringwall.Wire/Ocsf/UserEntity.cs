using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>A user, by number: names are the business of whoever reads this.</summary>
public sealed record UserEntity
{
    [JsonPropertyName("uid")]
    public required string Uid { get; init; }
}

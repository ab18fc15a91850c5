using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>What was found: the schema's finding_info.</summary>
public sealed record FindingDescription
{
    [JsonPropertyName("uid")]
    public required string Uid { get; init; }

    [JsonPropertyName("title")]
    public required string Title { get; init; }

    [JsonPropertyName("desc")]
    public string? Desc { get; init; }

    [JsonPropertyName("types")]
    public IReadOnlyList<string> Types { get; init; } = [];

    [JsonPropertyName("created_time")]
    public long? CreatedTime { get; init; }

    [JsonPropertyName("analytic")]
    public Analytic? Analytic { get; init; }

    [JsonPropertyName("attacks")]
    public IReadOnlyList<Attack>? Attacks { get; init; }

    [JsonPropertyName("data_sources")]
    public IReadOnlyList<string>? DataSources { get; init; }
}

using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>Who wrote the finding, and by which version of the schema.</summary>
public sealed record Metadata
{
    /// <summary>The schema's version, not ours.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init; } = "1.5.0";

    /// <summary>One per line.</summary>
    [JsonPropertyName("uid")]
    public required string Uid { get; init; }

    [JsonPropertyName("product")]
    public required Product Product { get; init; }

    [JsonPropertyName("profiles")]
    public IReadOnlyList<string> Profiles { get; init; } = ["host", "security_control"];

    [JsonPropertyName("log_name")]
    public string? LogName { get; init; }

    /// <summary>Counts the findings of one run of the host, dropped ones included: a gap is a loss.</summary>
    [JsonPropertyName("sequence")]
    public required long Sequence { get; init; }
}

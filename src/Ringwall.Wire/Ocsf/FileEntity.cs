using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>A file.</summary>
public sealed record FileEntity
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("path")]
    public string? Path { get; init; }

    /// <summary>1 Regular File, 8 Executable File, 0 when nobody looked.</summary>
    [JsonPropertyName("type_id")]
    public int TypeId { get; init; } = 0;

    [JsonPropertyName("size")]
    public long? Size { get; init; }
}

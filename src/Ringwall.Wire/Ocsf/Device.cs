using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>The machine.</summary>
public sealed record Device
{
    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    /// <summary>0 Unknown: whether this is a server or a laptop is not ours to say.</summary>
    [JsonPropertyName("type_id")]
    public int TypeId { get; init; } = 0;

    [JsonPropertyName("os")]
    public required DeviceSystem Os { get; init; }
}

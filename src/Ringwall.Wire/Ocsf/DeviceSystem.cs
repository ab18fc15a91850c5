using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>Its operating system.</summary>
public sealed record DeviceSystem
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "Linux";

    /// <summary>200 Linux.</summary>
    [JsonPropertyName("type_id")]
    public int TypeId { get; init; } = 200;

    [JsonPropertyName("version")]
    public string? Version { get; init; }

    [JsonPropertyName("kernel_release")]
    public string? KernelRelease { get; init; }
}

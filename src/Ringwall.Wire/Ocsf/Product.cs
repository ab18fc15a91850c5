using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>A product: the host, with the sensor as the feature that found something.</summary>
public sealed record Product
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("vendor_name")]
    public string? VendorName { get; init; }

    [JsonPropertyName("version")]
    public string? Version { get; init; }

    [JsonPropertyName("feature")]
    public Feature? Feature { get; init; }
}

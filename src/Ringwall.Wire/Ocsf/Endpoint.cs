using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>The other end of a connection.</summary>
public sealed record Endpoint
{
    [JsonPropertyName("ip")]
    public required string Ip { get; init; }

    [JsonPropertyName("port")]
    public int? Port { get; init; }
}

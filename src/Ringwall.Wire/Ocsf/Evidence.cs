using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>What the finding rests on.</summary>
public sealed record Evidence
{
    [JsonPropertyName("process")]
    public ProcessEntity? Process { get; init; }

    [JsonPropertyName("file")]
    public FileEntity? File { get; init; }

    [JsonPropertyName("dst_endpoint")]
    public Endpoint? DstEndpoint { get; init; }
}

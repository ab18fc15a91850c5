using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>A process.</summary>
public sealed record ProcessEntity
{
    [JsonPropertyName("pid")]
    public required int Pid { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("cmd_line")]
    public string? CmdLine { get; init; }

    [JsonPropertyName("created_time")]
    public long? CreatedTime { get; init; }

    [JsonPropertyName("file")]
    public FileEntity? File { get; init; }

    [JsonPropertyName("user")]
    public UserEntity? User { get; init; }

    [JsonPropertyName("working_directory")]
    public string? WorkingDirectory { get; init; }

    [JsonPropertyName("parent_process")]
    public ProcessEntity? ParentProcess { get; init; }
}

using System.Text.Json.Serialization;

namespace Ringwall.Wire.Door;

/// <summary>How the agent stands: its status.json, which anybody may read.</summary>
public sealed record AgentStatus
{
    /// <summary>The file's name in the agent's state directory.</summary>
    public const string FileName = "status.json";

    public required string Version { get; init; }

    public required int Pid { get; init; }

    /// <summary>Since when this agent runs, Unix milliseconds, as all moments here.</summary>
    public required long Since { get; init; }

    /// <summary>When this was written.</summary>
    public required long Now { get; init; }

    /// <summary>Null before it is enrolled.</summary>
    public string? Device { get; init; }

    public string? Ring { get; init; }

    /// <summary>The fleet's server; null before it is enrolled.</summary>
    public string? Server { get; init; }

    /// <summary>Whether the host answers at the agent's door.</summary>
    public bool HostAnswers { get; init; }

    /// <summary>When the server last answered; null: never.</summary>
    public long? LastContact { get; init; }

    /// <summary>When signed files were last brought and the host believed them; null: never.</summary>
    public long? LastRefresh { get; init; }

    /// <summary>When the server last had all reports; null: never.</summary>
    public long? LastReport { get; init; }

    /// <summary>Reports that wait to be sent.</summary>
    public int Queued { get; init; }

    /// <summary>Reports that were given up, because there was no room or the server could not read them.</summary>
    public long LostReports { get; init; }

    /// <summary>How far the device's clock is ahead of the server's, in milliseconds; null while that is not known.</summary>
    public long? ClockAhead { get; init; }

    /// <summary>What does not work now, in words; empty when all does.</summary>
    public IReadOnlyList<string> Troubles { get; set; } = [];

    /// <summary>What the operator offers, and what became of it here.</summary>
    public IReadOnlyList<DoorRelease> Releases { get; set; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AgentStatus))]
public sealed partial class AgentStatusJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Ringwall.Wire.Ocsf;

/// <summary>An OCSF Detection Finding, class 2004 of schema 1.5.0 (https://schema.ocsf.io/1.5.0/classes/detection_finding), with the profiles host and security_control.</summary>
public sealed record DetectionFinding
{
    /// <summary>1 Create: each line is a finding of its own.</summary>
    [JsonPropertyName("activity_id")]
    public int ActivityId { get; init; } = 1;

    [JsonPropertyName("activity_name")]
    public string ActivityName { get; init; } = "Create";

    /// <summary>2 Findings.</summary>
    [JsonPropertyName("category_uid")]
    public int CategoryUid { get; init; } = 2;

    [JsonPropertyName("category_name")]
    public string CategoryName { get; init; } = "Findings";

    /// <summary>2004 Detection Finding.</summary>
    [JsonPropertyName("class_uid")]
    public int ClassUid { get; init; } = 2004;

    [JsonPropertyName("class_name")]
    public string ClassName { get; init; } = "Detection Finding";

    /// <summary>class_uid * 100 + activity_id.</summary>
    [JsonPropertyName("type_uid")]
    public long TypeUid { get; init; } = 200401;

    [JsonPropertyName("type_name")]
    public string TypeName { get; init; } = "Detection Finding: Create";

    /// <summary>Milliseconds since 1970 UTC, as the schema's timestamp_t.</summary>
    [JsonPropertyName("time")]
    public required long Time { get; init; }

    /// <summary>0 unknown, 1 informational, 2 low, 3 medium, 4 high, 5 critical, 6 fatal.</summary>
    [JsonPropertyName("severity_id")]
    public required int SeverityId { get; init; }

    [JsonPropertyName("severity")]
    public string? Severity { get; init; }

    /// <summary>1 New.</summary>
    [JsonPropertyName("status_id")]
    public int StatusId { get; init; } = 1;

    [JsonPropertyName("status")]
    public string Status { get; init; } = "New";

    /// <summary>The finding in a sentence.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>Worth a person's attention: severity medium and up, and every denial.</summary>
    [JsonPropertyName("is_alert")]
    public required bool IsAlert { get; init; }

    /// <summary>2 Denied, 3 Observed.</summary>
    [JsonPropertyName("action_id")]
    public required int ActionId { get; init; }

    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>2 Blocked, 15 Detected.</summary>
    [JsonPropertyName("disposition_id")]
    public required int DispositionId { get; init; }

    [JsonPropertyName("disposition")]
    public string? Disposition { get; init; }

    [JsonPropertyName("metadata")]
    public required Metadata Metadata { get; init; }

    [JsonPropertyName("device")]
    public required Device Device { get; init; }

    [JsonPropertyName("finding_info")]
    public required FindingDescription FindingInfo { get; init; }

    [JsonPropertyName("evidences")]
    public IReadOnlyList<Evidence> Evidences { get; init; } = [];

    [JsonPropertyName("unmapped")]
    public Unmapped? Unmapped { get; init; }
}

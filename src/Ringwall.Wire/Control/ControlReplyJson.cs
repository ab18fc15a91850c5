using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Probation;
using Ringwall.Wire.Status;

namespace Ringwall.Wire.Control;

/// <summary>How replies are written. A newer host may say more than an older client knows: unknown fields are passed over.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(HostStatus))]
[JsonSerializable(typeof(EventLine))]
[JsonSerializable(typeof(DetectionFinding))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(ProtectionLine))]
[JsonSerializable(typeof(OverrideLine))]
[JsonSerializable(typeof(GenerationLine))]
[JsonSerializable(typeof(ResponseLine))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ProbationReport))]
[JsonSerializable(typeof(ErrorReport))]
[JsonSerializable(typeof(IReadOnlyList<SensorStatus>))]
public sealed partial class ControlReplyJson : JsonSerializerContext
{
    /// <summary>As <see cref="Default"/>, but letters beyond ASCII stay readable: these lines are for files and terminals, not for web pages.</summary>
    public static ControlReplyJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringwall.Wire.Fleet;

/// <summary>How device and server write to each other. A newer one may say more than an older one knows: unknown fields are passed over, missing ones refused where they are required.</summary>
// What a record cannot do without is "required", or a parameter without a default; null is refused wherever the type does not have it. What may be left out and is not null or 0 then has a setter:
// the generated reader gives init-only members that are missing the default of their type, not their initializer's. So whoever reads a record need not ask. A test tries all of them.
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolReply))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionReply))]
[JsonSerializable(typeof(ReportBatch))]
[JsonSerializable(typeof(ReportReply))]
[JsonSerializable(typeof(DeviceReport))]
[JsonSerializable(typeof(Probation.ProbationReport))]
public sealed partial class FleetJson : JsonSerializerContext
{
    /// <summary>As <see cref="Default"/>, but letters beyond ASCII stay as they are: the name of a cell has a "·", and a million devices write it every five minutes.</summary>
    public static FleetJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

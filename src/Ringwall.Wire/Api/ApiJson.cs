using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringwall.Wire.Api;

/// <summary>How the API that people use writes and reads its records. What is missing or null is treated as in <see cref="Fleet.FleetJson"/>.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<RolloutLine>))]
[JsonSerializable(typeof(RolloutReply))]
[JsonSerializable(typeof(RolloutOrder))]
[JsonSerializable(typeof(SteerOrder))]
[JsonSerializable(typeof(IReadOnlyList<DecisionLine>))]
[JsonSerializable(typeof(IReadOnlyList<ReleaseLine>))]
[JsonSerializable(typeof(IReadOnlyList<VendorLine>))]
[JsonSerializable(typeof(VendorRegistration))]
[JsonSerializable(typeof(IReadOnlyList<RepositoryLine>))]
[JsonSerializable(typeof(RepositoryReply))]
[JsonSerializable(typeof(PackageReceipt))]
[JsonSerializable(typeof(PublicationReply))]
[JsonSerializable(typeof(FleetPolicy))]
[JsonSerializable(typeof(FleetChange))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>One record a line, letters beyond ASCII as they are.</summary>
    public static ApiJson Lines { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

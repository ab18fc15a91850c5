using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringwall.Wire.Door;

/// <summary>How lines are written and read at the agent's door: camel case, what is null left out. Fields that are not known are refused: both ends are of one installation.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DoorRequest))]
[JsonSerializable(typeof(DoorReply))]
[JsonSerializable(typeof(DoorIdentity))]
public sealed partial class DoorJson : JsonSerializerContext;

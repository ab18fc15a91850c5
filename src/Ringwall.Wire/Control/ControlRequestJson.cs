using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ringwall.Wire.Control;

/// <summary>How requests are read and written: camel case, one line. A field that the host does not know is refused, so that a typing error is not a silent default.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ControlRequest))]
public sealed partial class ControlRequestJson : JsonSerializerContext;

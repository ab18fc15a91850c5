using System.Text.Json.Serialization;

namespace Ringwall.Rollouts;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DecisionRecord))]
internal sealed partial class RolloutJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Rollouts;

namespace Ringwall.Server.Inventory;

/// <summary>A ring in JSON: "canary", not 0.</summary>
public sealed class RingText() : JsonStringEnumConverter<Ring>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

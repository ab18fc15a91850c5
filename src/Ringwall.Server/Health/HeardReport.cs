using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>What a device said last.</summary>
/// <param name="At">When the fleet heard it, Unix milliseconds.</param>
/// <param name="Began">Since when it has been heard without a break.</param>
/// <param name="Report">Without harms and probations, which are kept apart.</param>
public sealed record HeardReport(long At, long Began, DeviceReport Report);

namespace Ringwall.Wire.Probation;

/// <summary>Another sensor on the same machine.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Engine">Its engine's version.</param>
/// <param name="Content">Its content's version; empty without content.</param>
public sealed record CellSensor(string Name, string Engine, string Content);

using Ringwall.Rollouts;

namespace Ringwall.Server.Health;

/// <summary>The devices of one ring and cell, counted.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="Cell">Which cell.</param>
/// <param name="Devices">Enrolled and not retired.</param>
/// <param name="Online">Of them, reporting.</param>
/// <param name="Dark">Of them, silent for three intervals without a goodbye.</param>
public sealed record FleetCell(Ring Ring, string Cell, int Devices, int Online, int Dark);

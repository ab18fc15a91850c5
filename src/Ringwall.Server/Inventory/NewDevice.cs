using Ringwall.Rollouts;

namespace Ringwall.Server.Inventory;

/// <summary>What enrolment knows of a machine that joins.</summary>
internal sealed record NewDevice(string Id, byte[] PublicKey, string Name, string Host, Ring Ring, string Cell, string? Site);

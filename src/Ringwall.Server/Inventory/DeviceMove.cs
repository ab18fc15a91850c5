namespace Ringwall.Server.Inventory;

/// <summary>Where a device stood until it was moved.</summary>
internal readonly record struct DeviceMove(int Number, long Until, byte Ring, int Cell, ulong Domain, int Seat);

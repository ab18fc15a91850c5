namespace Ringwall.Bench.Server;

/// <summary>What one size of fleet costs.</summary>
internal sealed record ScalePoint(int Devices, double EvidenceMilliseconds, double LoadMilliseconds, double MemoryMiB, double ReportsPerSecond, double BytesPerDevice);

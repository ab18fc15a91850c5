namespace Ringwall.Server.Health;

/// <summary>A probation that ended on a device.</summary>
internal sealed record ProbationRow(int Number, long At, int Place, string? Release, string Sensor, string Result, byte[] Report);

namespace Ringwall.Server.Health;

/// <summary>Which moments of a device's way with a release are written down.</summary>
[Flags]
internal enum MarkFlags : byte
{
    None = 0,
    Taken = 1,
    Ran = 2,
    Matured = 4,
    Refused = 8,
    FallbackAlive = 16,
}

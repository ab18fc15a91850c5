namespace Ringwall.Wire.Fleet;

/// <summary>How much a device may say. A server refuses a batch that breaks one, whole.</summary>
public static class DeviceLimits
{
    public const int Reports = 64;
    public const int BatchBytes = 256 * 1024;
    public const int EnrolBytes = 16 * 1024;
    public const int Releases = 64;
    public const int Harms = 32;
    public const int Probations = 4;
    public const int DetailCharacters = 512;
    public const int NameCharacters = 128;
    public const int CellCharacters = 256;
    public const int PathCharacters = 256;
}

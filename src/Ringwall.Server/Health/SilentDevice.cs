namespace Ringwall.Server.Health;

/// <summary>A device that went dark.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When it was last heard, Unix milliseconds.</param>
public readonly record struct SilentDevice(long Number, long At);

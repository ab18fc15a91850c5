namespace Ringwall.Wire.Fleet;

/// <summary>
/// The reports are on the server's disk. One that the server had already, or that is older than one it had, is acknowledged and changes nothing.
/// </summary>
/// <param name="Acknowledged">The highest sequence that the server has of this device. Everything up to it may be forgotten.</param>
public sealed record ReportReply(long Acknowledged);

namespace Ringwall.Wire.Fleet;

/// <summary>What a device has to say: POST /api/v1/device/reports. At most <see cref="DeviceLimits.Reports"/>, oldest first, and <see cref="DeviceLimits.BatchBytes"/> in all.</summary>
public sealed record ReportBatch(IReadOnlyList<DeviceReport> Reports);

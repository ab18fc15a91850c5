namespace Ringwall.Wire.Fleet;

/// <summary>A device asks for a session: POST /api/v1/device/session.</summary>
/// <param name="Device">As enrolled.</param>
/// <param name="At">The device's clock, Unix milliseconds. More than five minutes off is answered with <see cref="DeviceProblem.ClockOff"/> and the server's time.</param>
/// <param name="Proof">Over <see cref="DeviceProof.Session"/>.</param>
public sealed record SessionRequest(string Device, long At, string Proof);

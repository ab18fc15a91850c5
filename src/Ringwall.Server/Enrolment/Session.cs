namespace Ringwall.Server.Enrolment;

/// <summary>Who sent a request, as its session token says.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Number">Its number in the inventory.</param>
/// <param name="Until">When the session ends, Unix milliseconds.</param>
public readonly record struct Session(UInt128 Device, int Number, long Until)
{
    public string DeviceId => Device.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

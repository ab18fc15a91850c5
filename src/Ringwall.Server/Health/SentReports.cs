using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Health;

/// <summary>What one device sent at once, waiting to be stored.</summary>
/// <param name="number">The device's number.</param>
/// <param name="reports">Within the limits; in the order of their sequences.</param>
/// <param name="kept">The last of them as it will be kept.</param>
/// <param name="bytes">What was sent; in memory it is a few times that.</param>
internal sealed class SentReports(int number, DeviceReport[] reports, byte[] kept, int bytes)
    : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public int Number { get; } = number;

    public DeviceReport[] Reports { get; } = reports;

    public byte[] Kept { get; } = kept;

    public int Bytes { get; } = bytes;

    /// <summary>What is answered once the group is committed.</summary>
    public long Acknowledged { get; set; }
}

using Ringwall.Contract;

namespace Ringwall.Host.Deliver.Tells;

/// <summary>One sensor's side of the delivery. Guarded by the lock of <see cref="TellDelivery"/>.</summary>
/// <param name="socket">The host's end; not owned.</param>
/// <param name="subscription">What waits for it.</param>
/// <param name="half">Bytes of the send buffer that events may fill.</param>
internal sealed class TellPost(SensorSocket socket, TellSubscription subscription, int half)
{
    /// <summary>Less room than this is not worth a message.</summary>
    public const int SmallestMessage = 16 * 1024;

    public SensorSocket Socket { get; } = socket;

    public TellSubscription Subscription { get; } = subscription;

    public int Half { get; } = half;

    /// <summary>The sensor has closed its end.</summary>
    public bool IsClosed { get; set; }

    /// <summary>After how long to look again whether its socket has room.</summary>
    public int LookAgainMs { get; set; } = 1;
}

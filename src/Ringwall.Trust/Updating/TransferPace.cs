namespace Ringwall.Trust;

/// <summary>When a transfer is too slow to be waited for: a sender that keeps a connection alive with a byte now and then would hold an update back for ever.</summary>
/// <param name="Grace">Nothing is said before.</param>
/// <param name="LeastBytesPerSecond">On average, from the start of the transfer.</param>
public sealed record TransferPace(TimeSpan Grace, long LeastBytesPerSecond)
{
    public static TransferPace Default { get; } = new(TimeSpan.FromSeconds(20), 500);

    /// <summary>Asked after every piece and at every time-out of a read.</summary>
    /// <exception cref="UpdateRejectedException">Too slow.</exception>
    public void Require(long received, TimeSpan elapsed, string what)
    {
        if (elapsed > Grace && received < LeastBytesPerSecond * elapsed.TotalSeconds)
        {
            UpdateRejectedException.Throw(RejectionReason.TooSlow, $"{what}: {received} bytes in {elapsed.TotalSeconds:F0} s");
        }
    }
}

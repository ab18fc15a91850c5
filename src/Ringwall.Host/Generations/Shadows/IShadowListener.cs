using Ringwall.Contract;

namespace Ringwall.Host.Generations.Shadows;

/// <summary>Hears how a shadow's asks end, on the shadow's thread. Must not wait, and must not call back into the shadow's Listen.</summary>
internal interface IShadowListener
{
    /// <param name="ticket">The ask's.</param>
    /// <param name="verdict">What it said; <see cref="Verdict.None"/> when it said nothing in time.</param>
    /// <param name="reason">Why, in its own words and bytes; valid during the call.</param>
    /// <param name="tookNs">From the sending of the ask to its end, nanoseconds.</param>
    public void Ended(ulong ticket, Verdict verdict, ReadOnlySpan<byte> reason, long tookNs);
}

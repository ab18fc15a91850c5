namespace Ringwall.Rollouts;

/// <summary>What a report claims, and what we know of the device already.</summary>
/// <param name="ClaimedMinute">The device's clock when it wrote the report.</param>
/// <param name="ReceivedMinute">Our clock when it came.</param>
/// <param name="Sequence">The report's number.</param>
/// <param name="LastSequence">The highest number seen before, or −1.</param>
/// <param name="ClaimedAge">Minutes that the device says it has run the release; −1 when it does not run it.</param>
/// <param name="OfferedMinute">When its stratum's exposure first reached it; −1 when it was never offered the release.</param>
public readonly record struct ReportFacts(
    long ClaimedMinute, long ReceivedMinute, long Sequence, long LastSequence, long ClaimedAge, long OfferedMinute);

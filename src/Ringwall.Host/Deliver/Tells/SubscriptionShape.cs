namespace Ringwall.Host.Deliver.Tells;

/// <summary>How a subscriber is told.</summary>
internal sealed record SubscriptionShape
{
    /// <summary>How many bytes of events may wait; rounded up to a power of two, at least 4096.</summary>
    public required int CapacityBytes { get; init; }

    /// <summary>Called on a publishing thread when something waits where nothing did, and when much has gathered. Must not wait.</summary>
    public Action? Ready { get; init; }

    /// <summary>How many bytes are much.</summary>
    public int MuchBytes { get; init; } = int.MaxValue;
}

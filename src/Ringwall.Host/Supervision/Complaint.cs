namespace Ringwall.Host.Supervision;

/// <summary>Something that is to become a strike.</summary>
/// <param name="Reason">What sort.</param>
/// <param name="Detail">What happened, for people.</param>
/// <param name="EndsLife">Whether the sensor is no good any more and is killed for it.</param>
internal readonly record struct Complaint(StrikeReason Reason, string Detail, bool EndsLife);

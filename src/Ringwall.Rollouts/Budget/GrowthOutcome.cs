namespace Ringwall.Rollouts;

/// <summary>What a growth plan found: the devices to let in by stratum, and why not more.</summary>
internal sealed record GrowthOutcome(int[] Exposed, bool Grows, List<Reason> Reasons);

using Ringwall.Rollouts;

namespace Ringwall.Server.Health;

/// <summary>What the fleet showed of one rollout up to one minute: all that a decision needs of it.</summary>
/// <param name="Window">What is new since the window before.</param>
/// <param name="Fleet">Devices by stratum: those that belong to the rollout, and those of them that report.</param>
/// <param name="Exposed">Devices that any published exposure lets in, whether or not its first minute is over.</param>
/// <param name="Installed">Devices that ran it, in probation or in service.</param>
/// <param name="FallbackAlive">Of them, devices that are not dark and whose fallback generation was shown to work: when they took it, or by returning to it.</param>
public sealed record FleetEvidence(EvidenceWindow Window, FleetCounts Fleet, int[] Exposed, int[] Installed, int[] FallbackAlive);

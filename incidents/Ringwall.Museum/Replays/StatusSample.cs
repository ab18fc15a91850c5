using Ringwall.Wire.Status;

namespace Ringwall.Museum.Replays;

/// <summary>What the host said of itself at one moment.</summary>
/// <param name="AtNs">CLOCK_MONOTONIC.</param>
/// <param name="Status">Null: nobody answered.</param>
internal sealed record StatusSample(long AtNs, HostStatus? Status);

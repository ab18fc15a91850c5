namespace Ringwall.Server.Health;

/// <summary>How a device stands to one rollout, beside the moments.</summary>
[Flags]
internal enum RunFlags : byte
{
    None = 0,

    /// <summary>It joined the fleet after the rollout began: it is in neither arm.</summary>
    Late = 1,

    /// <summary>Its fallback generation was shown to work when it took the release.</summary>
    Fallback = 2,

    /// <summary>It runs the release no more: taken back, refused, or followed by a newer one.</summary>
    Over = 4,

    /// <summary>It showed something since the rollout began.</summary>
    Harmed = 8,
}

namespace Ringwall.Wire.Status;

/// <summary>What would be decided for a file now, by whom and why. Asking for it changes nothing: no verdict is remembered.</summary>
public sealed record Explanation
{
    public required string Path { get; init; }

    /// <summary>What the verdict on opening it would be: "allow" or "deny".</summary>
    public required string Open { get; init; }

    /// <summary>What the verdict on executing it would be: "allow" or "deny".</summary>
    public required string Exec { get; init; }

    /// <summary>Who decides: "scope", "own process", "override", "block", "cache", "sensors", "protected set" or "fallback".</summary>
    public required string DecidedBy { get; init; }

    /// <summary>Why that is so, in a sentence.</summary>
    public required string Because { get; init; }

    /// <summary>The file behind the path: device, inode, size, owner and mode.</summary>
    public string? File { get; init; }

    /// <summary>"no", "kernel" (asked again once written) or "host" (asked again once it changes in any way).</summary>
    public string Cached { get; init; } = "no";

    /// <summary>Why a sensor's denial of it would not be applied; null when it would.</summary>
    public string? Protected { get; init; }

    public IReadOnlyList<SensorOpinion> Sensors { get; init; } = [];
}

namespace Ringwall.Wire.Status;

/// <summary>One generation of a sensor.</summary>
public sealed record GenerationLine
{
    /// <summary>As the configuration calls it.</summary>
    public required string Sensor { get; init; }

    /// <summary>0 is what the configuration names; what was installed counts from 1, and no number is used twice.</summary>
    public required long Number { get; init; }

    /// <summary>"waiting", "in service", "fallback", "kept" or "refused".</summary>
    public required string State { get; init; }

    /// <summary>Of the release that brought it; empty for number 0.</summary>
    public string Version { get; init; } = "";

    public string Vendor { get; init; } = "";

    public string Engine { get; init; } = "";

    /// <summary>Empty without content.</summary>
    public string Content { get; init; } = "";

    /// <summary>On disk; 0 for number 0.</summary>
    public long Bytes { get; init; }

    /// <summary>Null for number 0.</summary>
    public DateTimeOffset? Installed { get; init; }

    /// <summary>It passed its trial.</summary>
    public bool Passed { get; init; }

    /// <summary>An operator holds the sensor at this one.</summary>
    public bool Pinned { get; init; }

    /// <summary>Why it is refused.</summary>
    public string? Why { get; init; }
}

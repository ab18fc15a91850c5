namespace Ringwall.Wire.Fleet;

/// <summary>How a device is, at one moment.</summary>
public sealed record DeviceReport
{
    /// <summary>1 or more; each report of a device has a higher one than all before it, over reboots too.</summary>
    public required long Sequence { get; init; }

    /// <summary>The device's clock, Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>/proc/sys/kernel/random/boot_id, without dashes. Another one is another boot.</summary>
    public required string Boot { get; init; }

    /// <summary>Minutes of a rollout that the machine ran since the report before.</summary>
    public int AwakeMinutes { get; init; }

    /// <summary>As <see cref="CellName.Of"/> makes it.</summary>
    public required string Cell { get; init; }

    /// <summary>The host's version.</summary>
    public string Host { get; set; } = "";

    /// <summary>The device stops on purpose (shut down, put to sleep) and will be silent. Silence without it is suspicious.</summary>
    public bool Goodbye { get; init; }

    /// <summary>The releases that it was offered and those that it has, also those that did not change since the report before.</summary>
    public IReadOnlyList<ReleaseReport> Releases { get; set; } = [];

    /// <summary>What went wrong since the report before.</summary>
    public IReadOnlyList<HarmReport> Harms { get; set; } = [];

    public DeviceHealth? Health { get; init; }

    /// <summary>Probations that ended since the report before.</summary>
    public IReadOnlyList<ReleaseProbation> Probations { get; set; } = [];
}

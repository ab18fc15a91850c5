namespace Ringwall.Wire.Status;

/// <summary>Everything that a person wants to see of a running host. All counts run from the host's start, so two statuses give a rate.</summary>
public sealed record HostStatus
{
    public required string Version { get; init; }

    public required int Pid { get; init; }

    /// <summary>When this host started.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When this was said.</summary>
    public required DateTimeOffset Now { get; init; }

    public required string Kernel { get; init; }

    /// <summary>No ask is raised; the machine is watched, not guarded.</summary>
    public required bool TellOnly { get; init; }

    /// <summary>Below these paths every open is asked.</summary>
    public required IReadOnlyList<string> Guard { get; init; }

    /// <summary>The mount points that carry a permission mark now.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    public required string RunDirectory { get; init; }

    public required string StateDirectory { get; init; }

    public KeeperStatus? Keeper { get; init; }

    /// <summary>One per class of ask: "exec", "open".</summary>
    public IReadOnlyList<AskFigures> Asks { get; init; } = [];

    /// <summary>One per source of tell events.</summary>
    public IReadOnlyList<SourceFigures> Sources { get; init; } = [];

    public IReadOnlyList<SensorStatus> Sensors { get; init; } = [];

    /// <summary>Null when the protected set is switched off.</summary>
    public ProtectionFigures? Protection { get; init; }

    public FindingFigures Findings { get; init; } = new(0, 0, 0);

    /// <summary>The journal of recent events and asks; null when none is kept.</summary>
    public JournalFigures? Journal { get; init; }

    /// <summary>Which kernel feature does which work.</summary>
    public IReadOnlyList<FeatureUse> Features { get; init; } = [];

    /// <summary>What the operator should know: a rule that did not load, a mount that was left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

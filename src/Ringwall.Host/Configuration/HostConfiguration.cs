namespace Ringwall.Host.Configuration;

/// <summary>Everything that an operator decides. Read once, at the start; docs/configuration.md describes each key.</summary>
internal sealed record HostConfiguration
{
    public const string DefaultRunDirectory = "/run/ringwall";
    public const string DefaultStateDirectory = "/var/lib/ringwall";

    /// <summary>Below these paths every open is asked. Executions are asked everywhere.</summary>
    public IReadOnlyList<string> Guard { get; init; } = ["/home", "/root", "/tmp", "/var/tmp"];

    /// <summary>Raise no asks: watch only.</summary>
    public bool TellOnly { get; init; }

    /// <summary>When not empty, only these mount points are marked, whatever else is mounted. For tests and benches.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    public string RunDirectory { get; init; } = DefaultRunDirectory;

    public string StateDirectory { get; init; } = DefaultStateDirectory;

    public AskDeadlines Deadlines { get; init; } = new();

    public AskFallbacks Fallbacks { get; init; } = new();

    public ProtectConfiguration Protect { get; init; } = new();

    public JournalConfiguration Journal { get; init; } = new();

    public BudgetConfiguration Budgets { get; init; } = new();

    public IReadOnlyList<SensorConfiguration> Sensors { get; init; } = [];

    public GenerationRules Generations { get; init; } = new();

    /// <summary>Null: this machine is in no fleet, and nobody but an operator installs anything.</summary>
    public FleetConfiguration? Fleet { get; init; }

    public IsolationRules Isolation { get; init; } = new();

    /// <summary>For rehearsals alone: what is left out, so that what it stops happens. Told by status as long as it is so.</summary>
    public IReadOnlySet<Guard> WithoutGuards { get; init; } = new HashSet<Guard>();

    /// <summary>Whether a guard stands, as it does unless it was left out by name.</summary>
    public bool Has(Guard guard) => !WithoutGuards.Contains(guard);
}

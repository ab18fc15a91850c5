namespace Ringwall.Cli.Ceremony;

/// <summary>How an operator's keys are laid out.</summary>
internal sealed record OperatorPlan
{
    /// <summary>Public keys that others made, of both roots. Empty: <see cref="NewRootKeys"/> are made here.</summary>
    public IReadOnlyList<string> RootKeys { get; init; } = [];

    public int NewRootKeys { get; init; }

    public required int RootThreshold { get; init; }

    /// <summary>Of the vendors' targets: who says which vendor has which keys. Empty: <see cref="NewTargetsKeys"/> are made here.</summary>
    public IReadOnlyList<string> TargetsKeys { get; init; } = [];

    public int NewTargetsKeys { get; init; }

    public required int TargetsThreshold { get; init; }

    /// <summary>Of keys that are made here and carried away.</summary>
    public required string Passphrase { get; init; }

    /// <summary>Of the keys that the server opens by itself.</summary>
    public required string OnlinePassphrase { get; init; }

    public required DateTimeOffset RootExpires { get; init; }

    public required DateTimeOffset TargetsExpires { get; init; }
}

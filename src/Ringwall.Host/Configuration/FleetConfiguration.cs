namespace Ringwall.Host.Configuration;

/// <summary>How the host meets the agent that speaks with the fleet's server.</summary>
internal sealed record FleetConfiguration
{
    public const string DefaultUser = "ringwall-agent";
    public const string DefaultSpool = "/var/lib/ringwall-agent/spool";

    /// <summary>The user that the agent runs as, by name or number.</summary>
    public string User { get; init; } = DefaultUser;

    /// <summary>Where the agent lays what it fetched.</summary>
    public string Spool { get; init; } = DefaultSpool;
}

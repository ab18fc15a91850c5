namespace Ringwall.Server.Running;

/// <summary>What an operator decides about one replica. <see cref="SettingsReader"/> reads it; docs/server.md explains it.</summary>
public sealed record ServerOptions
{
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:7080"];

    /// <summary>Where this replica keeps its own files. Absolute.</summary>
    public required string State { get; init; }

    /// <summary>A connection string of SQLite ("Data Source=…") or PostgreSQL ("Host=…").</summary>
    public required string Database { get; init; }

    /// <summary>How long one minute of the rollout rules lasts. Anything but 60 s is a demonstration.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where people and devices reach the fleet's server; null: the first of <see cref="Urls"/>.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Addresses of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.</summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>PEM files, for https in <see cref="Urls"/>.</summary>
    public string? Certificate { get; init; }

    public string? CertificateKey { get; init; }

    /// <summary>Where metrics and traces go by OTLP; null: nowhere.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>A folder with the encrypted keys that this server signs with; null: online-keys in <see cref="State"/>.</summary>
    public string? OnlineKeys { get; init; }

    /// <summary>A file with their passphrase; null: online-passphrase in <see cref="State"/>.</summary>
    public string? OnlinePassphraseFile { get; init; }

    /// <summary>The issuer of OpenID Connect; null: local accounts only.</summary>
    public Uri? OidcAuthority { get; init; }

    public string? OidcClient { get; init; }

    public string? OidcSecret { get; init; }

    /// <summary>Log lines as JSON.</summary>
    public bool JsonLog { get; init; }

    public bool DemoPace => Pace != TimeSpan.FromMinutes(1);
}

namespace Ringwall.Server.Dashboard.Models;

/// <summary>The page before all others.</summary>
public sealed record SignInForm
{
    /// <summary>Where to go afterwards: a path of ours.</summary>
    public required string Next { get; init; }

    public string Name { get; init; } = "";

    public string? Refused { get; init; }

    /// <summary>What the configured provider is called; null without one.</summary>
    public string? OpenIdProvider { get; init; }
}

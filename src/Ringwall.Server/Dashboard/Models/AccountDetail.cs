namespace Ringwall.Server.Dashboard.Models;

/// <summary>Somebody's own account: the ways in, and API tokens.</summary>
public sealed record AccountDetail
{
    public required bool HasPassword { get; init; }

    public required bool HasCode { get; init; }

    public required IReadOnlyList<Passkey> Passkeys { get; init; }

    public required IReadOnlyList<Token> Tokens { get; init; }

    /// <summary>An authenticator's secret that waits for its first code; null otherwise.</summary>
    public NewCode? Code { get; init; }

    /// <summary>A token that was just made: it is never shown again.</summary>
    public string? Made { get; init; }

    public required string Server { get; init; }

    public sealed record Passkey(string Id, string Name, DateTimeOffset Made);

    public sealed record Token(string Id, string Name, DateTimeOffset Made, DateTimeOffset Until);

    /// <param name="Pending">Goes back with the first code.</param>
    /// <param name="Secret">As people type it.</param>
    /// <param name="Uri">As authenticators open it.</param>
    public sealed record NewCode(string Pending, string Secret, string Uri);
}

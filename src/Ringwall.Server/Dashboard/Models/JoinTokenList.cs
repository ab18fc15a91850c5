namespace Ringwall.Server.Dashboard.Models;

/// <summary>What devices enrol with.</summary>
public sealed record JoinTokenList
{
    public required IReadOnlyList<Row> Rows { get; init; }

    /// <summary>The token that was just made: it is never shown again.</summary>
    public string? Made { get; init; }

    /// <summary>The server's address as devices reach it.</summary>
    public required string Server { get; init; }

    public bool MayChange { get; init; }

    public sealed record Row(string Id, string Ring, string? Site, long Used, long Most, DateTimeOffset Until, string State, Tone Tone);
}

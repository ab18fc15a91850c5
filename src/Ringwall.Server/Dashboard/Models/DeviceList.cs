namespace Ringwall.Server.Dashboard.Models;

/// <summary>Devices that match a filter, a page at a time.</summary>
public sealed record DeviceList
{
    public required Asked Filter { get; init; }

    public required IReadOnlyList<Row> Rows { get; init; }

    /// <summary>Null when counting them would take long.</summary>
    public required int? Matching { get; init; }

    public required int Enrolled { get; init; }

    /// <summary>Cells to choose from.</summary>
    public required IReadOnlyList<string> Cells { get; init; }

    /// <summary>The last device on this page when more follow; null on the last page.</summary>
    public string? Next { get; init; }

    /// <summary>What was asked for; empty is everything.</summary>
    public sealed record Asked(string Words, string Ring, string Cell, string State, string After);

    public sealed record Row(string Id, string Name, string Ring, string Cell, string State, Tone Tone, DateTimeOffset? LastReport, string Running);
}

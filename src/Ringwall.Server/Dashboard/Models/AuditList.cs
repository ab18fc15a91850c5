namespace Ringwall.Server.Dashboard.Models;

/// <summary>Who changed what, a page at a time, the newest first.</summary>
public sealed record AuditList
{
    public required IReadOnlyList<Row> Rows { get; init; }

    public required string Who { get; init; }

    public required string What { get; init; }

    public required long All { get; init; }

    /// <summary>Where the next page begins; null on the last.</summary>
    public long? Before { get; init; }

    /// <summary>What checking the chain found; null when nobody asked.</summary>
    public Notice? Chain { get; init; }

    public sealed record Row(long Number, DateTimeOffset At, string Who, string What, string About, string Detail, string Hash);
}

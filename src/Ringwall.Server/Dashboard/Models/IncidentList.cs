namespace Ringwall.Server.Dashboard.Models;

/// <summary>What went wrong in the fleet, and what was done, as lines of time.</summary>
public sealed record IncidentList
{
    public required IReadOnlyList<Incident> Incidents { get; init; }

    /// <param name="Title">What it is about.</param>
    /// <param name="Says">How it stands, in a sentence.</param>
    /// <param name="State">"open" or "over".</param>
    /// <param name="Tone">How it looks.</param>
    /// <param name="Began">Its first moment.</param>
    /// <param name="Link">Where more is said.</param>
    /// <param name="Moments">The earliest first.</param>
    public sealed record Incident(string Title, string Says, string State, Tone Tone, DateTimeOffset Began, string Link, IReadOnlyList<Moment> Moments);

    public sealed record Moment(DateTimeOffset At, string Title, string Says, Tone Tone, string? Link = null);
}

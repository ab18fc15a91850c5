using Ringwall.Wire.Probation;

namespace Ringwall.Server.Dashboard.Models;

/// <summary>One release, and how devices found it before they took it.</summary>
public sealed record ReleaseDetail
{
    public required ReleaseList.Row Row { get; init; }

    public required string Digest { get; init; }

    public string? WayBack { get; init; }

    public bool MayStart { get; init; }

    public required IReadOnlyList<Probation> Probations { get; init; }

    /// <summary>The report that is shown in full: the one that was asked for, or else the first that was refused.</summary>
    public Probation? Shown { get; init; }

    /// <param name="Id">For the link.</param>
    /// <param name="Device">Whose it is.</param>
    /// <param name="DeviceName">As its owner calls it.</param>
    /// <param name="Ring">Where it stands.</param>
    /// <param name="Report">What it went through.</param>
    public sealed record Probation(string Id, string Device, string DeviceName, string Ring, ProbationReport Report);
}

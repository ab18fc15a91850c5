using Ringwall.Wire.Ocsf;

namespace Ringwall.Host.Control;

/// <summary>Findings, the latest and those that come.</summary>
internal interface IFindingFeed
{
    /// <summary>The latest, oldest first; at most as many as are kept in memory.</summary>
    public IReadOnlyList<DetectionFinding> Last(int count);

    public IFollower<DetectionFinding> Follow();
}

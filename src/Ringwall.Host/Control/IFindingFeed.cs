using Ringwall.Wire.Ocsf;

namespace Ringwall.Host.Control;

/// <summary>Findings, the latest and those that come.</summary>
internal interface IFindingFeed
{
    /// <summary>The latest that were written, oldest first, those of earlier runs included.</summary>
    public IEnumerable<DetectionFinding> Last(int count);

    public IFollower<DetectionFinding> Follow();
}

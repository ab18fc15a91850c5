using Ringwall.Rollouts;
using Ringwall.Wire.Fleet;

namespace Ringwall.Simulator;

/// <summary>How one release stands on one simulated device.</summary>
internal sealed class LiveRelease
{
    /// <summary>Worked out when the device first saw the release, and kept.</summary>
    public required Standing Standing { get; init; }

    public required string Path { get; init; }

    public required string Stream { get; init; }

    public required long Number { get; init; }

    /// <summary>Minutes in service after which it crashes; −1 for never.</summary>
    public required int CrashesAfter { get; init; }

    /// <summary>Null as long as the device is not exposed to it.</summary>
    public string? State { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long Since { get; set; }

    public bool Crashed { get; set; }

    public void Become(string state, long now) => (State, Since) = (state, now);
}

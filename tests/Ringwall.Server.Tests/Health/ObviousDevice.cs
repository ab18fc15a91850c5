namespace Ringwall.Server.Tests.Health;

/// <summary>What happened to one device, as the test saw it.</summary>
internal sealed class ObviousDevice
{
    public required long Number { get; init; }

    public required long EnrolledAt { get; init; }

    /// <summary>Null when its cell is in none of the rollout's.</summary>
    public required int? Stratum { get; set; }

    public required double Position { get; set; }

    public bool Retired { get; set; }

    public List<(long At, bool Goodbye, bool Senseless)> Heard { get; } = [];

    public List<(int Measure, long At)> Shown { get; } = [];

    public long TakenAt { get; set; } = long.MaxValue;

    public long RanAt { get; set; } = long.MaxValue;

    public long MaturedAt { get; set; } = long.MaxValue;

    public int MaturedAge { get; set; }

    public bool Fallback { get; set; }

    public bool Over { get; set; }
}

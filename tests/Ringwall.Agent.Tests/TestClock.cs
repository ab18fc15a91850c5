namespace Ringwall.Agent.Tests;

/// <summary>A clock that goes on when a test says so. Timers are the system's, and so is the time that a transfer takes, or one that stalls would never be too slow.</summary>
internal sealed class TestClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;
}

namespace Ringwall.Agent.Tests;

/// <summary>
/// A clock that says what a test wants. Only the hour is the test's: timers, and the time that a transfer takes, are the system's, or a transfer that stalls would never be too slow.
/// </summary>
internal sealed class TestClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

namespace Ringwall.Host.Supervision;

/// <summary>
/// Decides, and only decides, what follows on strikes: another start after a delay that doubles with each strike in the window, or
/// quarantine. SensorPost keeps the strikes, reads the clock and acts.
/// </summary>
internal sealed record RestartPolicy
{
    /// <summary>So many strikes within the window put a sensor into quarantine.</summary>
    public int StrikesAllowed { get; init; } = 5;

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After the first strike of a window.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="strikes">All that are remembered, in any order.</param>
    /// <param name="now">Now, on the clock that the strikes' moments were taken from.</param>
    public RestartDecision Decide(IReadOnlyCollection<Strike> strikes, TimeSpan now)
    {
        int counted = CountInWindow(strikes, now);
        if (counted >= StrikesAllowed)
        {
            return new RestartDecision.Quarantine($"{counted} strikes within {Window.TotalMinutes:0.#} minutes");
        }

        // A doubling more than 30 times is past every limit, and past what a double shift can hold.
        double doubled = FirstDelay.Ticks * Math.Pow(2, Math.Clamp(counted - 1, 0, 30));
        return new RestartDecision.StartAfter(counted == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Min(doubled, LongestDelay.Ticks)));
    }

    public int CountInWindow(IReadOnlyCollection<Strike> strikes, TimeSpan now) => strikes.Count(s => now - s.Moment < Window);
}

using Ringwall.Host.Supervision;

namespace Ringwall.Host.Tests.Supervision;

public sealed class RestartPolicyTests
{
    private static readonly RestartPolicy Policy = new()
    {
        StrikesAllowed = 5,
        Window = TimeSpan.FromMinutes(10),
        FirstDelay = TimeSpan.FromSeconds(1),
        LongestDelay = TimeSpan.FromSeconds(6),
    };

    [Fact]
    public void The_delay_doubles_with_each_strike_up_to_a_limit_and_then_comes_quarantine()
    {
        TimeSpan now = TimeSpan.FromHours(1);
        List<Strike> strikes = [];
        List<string> decided = [];
        for (int i = 0; i < 6; i++)
        {
            strikes.Add(At(now += TimeSpan.FromSeconds(1)));
            decided.Add(Policy.Decide(strikes, now) switch
            {
                RestartDecision.StartAfter start => $"{start.Delay.TotalSeconds}",
                RestartDecision.Quarantine => "quarantine",
                var other => $"{other}",
            });
        }

        Assert.Equal(["1", "2", "4", "6", "quarantine", "quarantine"], decided);
    }

    [Fact]
    public void Strikes_older_than_the_window_do_not_count()
    {
        List<Strike> strikes = [At(TimeSpan.Zero), At(TimeSpan.FromMinutes(1)), At(TimeSpan.FromMinutes(5))];
        Assert.Equal(TimeSpan.FromSeconds(4), Delay(strikes, TimeSpan.FromMinutes(9)));
        Assert.Equal(TimeSpan.FromSeconds(2), Delay(strikes, TimeSpan.FromMinutes(10)));
        Assert.Equal(TimeSpan.FromSeconds(1), Delay(strikes, TimeSpan.FromMinutes(11)));
        Assert.Equal(TimeSpan.Zero, Delay(strikes, TimeSpan.FromMinutes(15)));
    }

    // Property: whatever strikes there are, one more never makes the delay shorter, and quarantine is never left by one.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_more_strike_never_makes_it_better(int seed)
    {
        Random random = new(seed);
        int quarantines = 0;
        for (int round = 0; round < 500; round++)
        {
            TimeSpan now = TimeSpan.FromMinutes(random.Next(0, 30));
            List<Strike> strikes = [.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => At(now - TimeSpan.FromMinutes(random.Next(0, 20))))];
            TimeSpan? before = MaybeDelay(strikes, now);
            strikes.Add(At(now));
            TimeSpan? after = MaybeDelay(strikes, now);
            quarantines += after is null ? 1 : 0;
            Assert.True(after is null || (before is { } b && b <= after), $"seed {seed}, round {round}: {before} then {after}");
        }

        Assert.True(quarantines > 10, "hardly any case met quarantine, so this run proved nothing");
    }

    private static Strike At(TimeSpan moment) => new(StrikeReason.Crash, "", default, moment, 1, []);

    private static TimeSpan Delay(List<Strike> strikes, TimeSpan now) => MaybeDelay(strikes, now)!.Value;

    private static TimeSpan? MaybeDelay(List<Strike> strikes, TimeSpan now) => (Policy.Decide(strikes, now) as RestartDecision.StartAfter)?.Delay;
}

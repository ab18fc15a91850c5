using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

public sealed class RollbackTests
{
    private static RollbackState State(int[] installed, int[] harmed, int[]? alive = null) => new()
    {
        Installed = installed, Harmed = harmed, FallbackAlive = alive ?? installed,
        Offered = new int[installed.Length], Returned = new int[installed.Length], HarmedByReturn = new int[installed.Length],
    };

    [Fact]
    public void It_is_a_higher_version_and_the_most_harmed_return_first()
    {
        RollbackPlan plan = RollbackRules.Plan(41, new RolloutPolicy(), State([1000, 100, 50, 0], [1, 90, 10, 0]));

        Assert.Equal(42, plan.Version);
        Assert.Equal([1, 2, 0, 3], plan.Order);
        Assert.Equal([0, 24, 0, 0], plan.FirstOffer);
    }

    [Fact]
    public void It_is_offered_only_where_the_fallback_was_shown_to_be_alive()
    {
        RollbackPlan plan = RollbackRules.Plan(41, new RolloutPolicy(), State([10, 10], [5, 5], alive: [4, 0]));

        Assert.Equal([4, 0], plan.FirstOffer);
        Assert.Equal(16, plan.WithoutFallback);
    }

    [Fact]
    public void It_grows_as_devices_return_in_good_health()
    {
        RollbackState state = State([10_000], [100]);
        state.Offered[0] = 24;
        Assert.Equal([24], RollbackRules.Offer(new RolloutPolicy(), state));

        state.Returned[0] = 24;
        Assert.InRange(RollbackRules.Offer(new RolloutPolicy(), state)[0], 200, 240);
    }

    [Fact]
    public void It_stops_when_returning_harms()
    {
        RollbackState state = State([10_000], [100]);
        state.Offered[0] = 200;
        state.Returned[0] = 150;
        state.HarmedByReturn[0] = 25;

        Assert.Equal([200], RollbackRules.Offer(new RolloutPolicy(), state));
    }

    [Fact]
    public void What_would_have_failed_anyway_is_not_held_against_the_way_back()
    {
        RollbackState state = State([1_000_000], [100]);
        state.Offered[0] = 200_000;
        state.Returned[0] = 200_000;
        state.HarmedByReturn[0] = 30;
        Assert.Equal([200_000], RollbackRules.Offer(new RolloutPolicy(), state));

        Assert.True(RollbackRules.Offer(new RolloutPolicy(), state with { ExpectedByReturn = 30 })[0] > 200_000);
    }
}

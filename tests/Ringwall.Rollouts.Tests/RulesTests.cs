using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

public sealed class RulesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(1000)]
    public void The_first_step_is_smaller_than_the_budget_over_all_cells_together(int cells)
    {
        var fixture = new Fixture(cells);
        fixture.Pass();

        var grow = Assert.IsType<RolloutDecision.Grow>(fixture.Decide());

        Assert.InRange(grow.Exposed.Sum(), 1, 24);
        Assert.Equal(0, grow.Exposed[cells..].Sum());
    }

    [Fact]
    public void With_n_healthy_devices_about_budget_times_n_over_three_may_be_in_flight()
    {
        var fixture = new Fixture(cells: 1, canary: 100_000, early: 0, broad: 0, critical: 0);
        fixture.Expose(0, 120);
        fixture.Window.NewlyMatured[0] = 120;
        fixture.Pass();

        var grow = Assert.IsType<RolloutDecision.Grow>(fixture.Decide());

        Assert.Equal(25 * 120 / 3.0, grow.Exposed[0] - 120, 10.0);
    }

    [Fact]
    public void The_next_ring_stays_closed_until_the_one_before_has_shown_enough()
    {
        var fixture = new Fixture();
        fixture.Expose(0, 8);
        fixture.Expose(1, 8);
        fixture.Window.NewlyMatured[0] = 8;
        fixture.Pass();
        Assert.Equal(0, Assert.IsType<RolloutDecision.Grow>(fixture.Decide()).Exposed[2]);

        fixture.Window.NewlyMatured[1] = 8;
        fixture.Pass();
        Assert.True(Assert.IsType<RolloutDecision.Grow>(fixture.Decide()).Exposed[2] > 0);
    }

    [Fact]
    public void A_cell_without_a_canary_stays_on_the_old_release_and_says_so()
    {
        var fixture = new Fixture();
        fixture.Fleet.Enrolled[1] = 0;
        fixture.Expose(0, 400);
        fixture.Window.NewlyMatured[0] = 400;
        fixture.Pass();

        var grow = Assert.IsType<RolloutDecision.Grow>(fixture.Decide());

        Assert.True(grow.Exposed[2] > 0);
        Assert.Equal(0, grow.Exposed[3]);
        Assert.Contains(grow.Reasons, reason => reason.Code == ReasonCode.NoCanaryInCell && reason.Stratum == 3);
        Assert.Contains("Cell cell-1 has no canary", Explanation.Of(grow, fixture.Input));
    }

    [Fact]
    public void Devices_that_go_dark_halt_the_release()
    {
        var fixture = new Fixture();
        fixture.Expose(0, 10);
        fixture.Expose(1, 10);
        fixture.Pass();
        fixture.Window.ExposedAtRisk[0] = 10;
        fixture.Window.Sightings.Add(new Sighting(0, Measures.Dark, 0, 6));
        fixture.Window.NewlyHarmed[0] = 6;
        fixture.Pass();

        var halt = Assert.IsType<RolloutDecision.Halt>(fixture.Decide());

        Assert.Equal(42, halt.Rollback.Version);
        Assert.Contains("gone dark", Explanation.Of(halt, fixture.Input));
    }

    [Fact]
    public void One_device_alone_is_too_few_to_judge()
    {
        var fixture = new Fixture();
        fixture.Expose(0, 20);
        fixture.Window.Sightings.Add(new Sighting(0, Measures.Crash, 0, 1));
        fixture.Window.NewlyHarmed[0] = 1;
        fixture.Pass();

        Assert.IsNotType<RolloutDecision.Halt>(fixture.Decide());
    }

    [Fact]
    public void Both_arms_worse_is_a_pause_with_what_else_changed_and_never_a_rollback()
    {
        var fixture = new Fixture(cells: 2, broad: 400_000);
        fixture.Changes.Add(new Change("kernel 6.1.112", 5, [1]));
        fixture.Changes.Add(new Change("something long ago", -5_000, []));
        fixture.Expose(0, 200);
        fixture.Expose(1, 200);
        for (int minute = 0; minute < 10; minute++)
        {
            fixture.Window.ExposedAtRisk[0] = fixture.Window.ExposedAtRisk[4] = 200;
            fixture.Window.Sightings.Add(new Sighting(5, Measures.Crash, Sighting.Control, 40));
            fixture.Window.ControlHarmed[5] = 40;
            fixture.Pass();
        }

        var pause = Assert.IsType<RolloutDecision.Pause>(fixture.Decide());

        Assert.Equal([1], pause.Cause.Cells);
        Assert.Equal(["kernel 6.1.112"], pause.Cause.Suspects);
        Assert.Contains("kernel 6.1.112", fixture.Words());
    }

    [Fact]
    public void Missing_reports_from_everybody_are_our_own_outage()
    {
        var fixture = new Fixture();
        fixture.Expose(0, 10);
        fixture.Window.ControlReportsDue = 10_000;
        fixture.Window.ControlReportsCame = 3_000;
        fixture.Pass();

        Assert.Equal(ReasonCode.ReportsMissing, Assert.IsType<RolloutDecision.Pause>(fixture.Decide()).Reasons[0].Code);
    }

    [Fact]
    public void An_urgent_release_needs_two_different_people()
    {
        var fixture = new Fixture();
        fixture.Pass();
        fixture.Release = fixture.Release with { Urgent = true, Approvals = ["ann", "ann"] };
        Assert.Equal(ReasonCode.ApprovalMissing, Assert.IsType<RolloutDecision.Wait>(fixture.Decide()).Reasons[0].Code);

        fixture.Release = fixture.Release with { Approvals = ["ann", "bob"] };
        Assert.IsType<RolloutDecision.Grow>(fixture.Decide());
    }

    [Fact]
    public void Content_and_engine_are_pinned_separately()
    {
        var fixture = new Fixture();
        fixture.Pass();
        fixture.Policy = fixture.Policy with { Pins = [[0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 2, 0, 0, 0]] };
        Assert.Equal(ReasonCode.Pinned, Assert.IsType<RolloutDecision.Wait>(fixture.Decide()).Reasons.First(r => r.Code == ReasonCode.Pinned).Code);

        fixture.Release = fixture.Release with { Stream = ReleaseStream.Engine };
        Assert.IsType<RolloutDecision.Grow>(fixture.Decide());

        fixture.Release = fixture.Release with { Stream = ReleaseStream.Content, Behind = 1 };
        Assert.IsType<RolloutDecision.Grow>(fixture.Decide());
    }

    [Fact]
    public void Nothing_grows_in_a_freeze_or_outside_a_window()
    {
        var fixture = new Fixture();
        fixture.Pass();
        fixture.Policy = new RolloutPolicy { Freezes = [new MinuteRange(0, 10)] };
        Assert.IsType<RolloutDecision.Wait>(fixture.Decide());
        Assert.Contains("freeze", fixture.Words());

        fixture.Policy = new RolloutPolicy { Windows = [[new MinuteRange(120, 180, 1440)], [], [], []] };
        Assert.IsType<RolloutDecision.Wait>(fixture.Decide());
        fixture.Pass(120);
        Assert.IsType<RolloutDecision.Grow>(fixture.Decide());
    }

    [Fact]
    public void Evidence_that_makes_no_sense_is_inconclusive()
    {
        var fixture = new Fixture();
        fixture.Expose(0, 10);
        fixture.Window.Reports = 1_000;
        fixture.Window.SetAside = 300;
        fixture.Pass();

        Assert.IsType<RolloutDecision.Inconclusive>(fixture.Decide());
    }

    [Fact]
    public void Waiting_in_vain_is_inconclusive_in_the_end()
    {
        var fixture = new Fixture(cells: 1, early: 0, broad: 0, critical: 0);
        fixture.Expose(0, 20);
        fixture.Pass();
        Assert.IsType<RolloutDecision.Wait>(fixture.Decide());
        fixture.Grown[0] = 0;
        fixture.Pass(13 * 60);

        Assert.IsType<RolloutDecision.Inconclusive>(fixture.Decide());
    }

    [Fact]
    public void A_recorded_decision_can_be_taken_again()
    {
        var fixture = new Fixture();
        fixture.Expose(0, 60);
        fixture.Expose(1, 60);
        fixture.Window.NewlyMatured[0] = 50;
        fixture.Window.NewlyMatured[1] = 50;
        fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, 0, 3));
        fixture.Window.Sightings.Add(new Sighting(0, Measures.Memory, Sighting.Control, 2));
        fixture.Pass();
        RolloutDecision before = fixture.Decide();

        RolloutInput again = DecisionRecord.FromJson(DecisionRecord.Of(fixture.Input).ToJson()).Restore();
        RolloutDecision after = RolloutRules.Decide(again);

        Assert.True(before.Judgement.Evidence > 1, "nothing was at stake");
        Assert.Equal(before.Judgement.Evidence, after.Judgement.Evidence);
        Assert.Equal(Explanation.Of(before, fixture.Input), Explanation.Of(after, again));
        Assert.Equal(((RolloutDecision.Grow)before).Exposed, ((RolloutDecision.Grow)after).Exposed);
    }

    [Fact]
    public void Every_reason_has_words()
    {
        var fixture = new Fixture();
        fixture.Pass();
        RolloutDecision any = fixture.Decide();
        var cause = new CommonCause(Measures.Crash, [0], 50, 3, []);
        foreach (ReasonCode code in Enum.GetValues<ReasonCode>())
        {
            var pause = new RolloutDecision.Pause(cause, [new Reason(code, 2, 1, 2)], any.Judgement, any.Budget);
            Assert.True(Explanation.Of(pause, fixture.Input).Length > 60);
        }
    }
}

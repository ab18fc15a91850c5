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
        Assert.Contains(halt.Named, finding => finding.Cell == 0 && finding.Measure == Measures.Dark);
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
    public void A_device_that_is_harmed_after_its_soak_is_no_longer_evidence_of_health()
    {
        var fixture = new Fixture(cells: 1);
        fixture.Expose(0, 60);
        fixture.Window.NewlyMatured[0] = 60;
        fixture.Pass();
        Assert.True(Assert.IsType<RolloutDecision.Grow>(fixture.Decide()).Exposed[1] > 0);

        fixture.Window.HarmedLater[0] = 55;
        fixture.Pass();

        // No sighting was compared, so nothing is proven; but the budget is gone, and nobody waits for it in silence.
        Assert.Equal(5, fixture.Ledger.Matured[0]);
        var decision = Assert.IsType<RolloutDecision.Inconclusive>(fixture.Decide());
        Assert.Equal(ReasonCode.BudgetSpent, decision.Reasons[0].Code);
        Assert.InRange(decision.Budget.Spent, 50, 55);
        Assert.Contains("55 after it", fixture.Words());
        Assert.Throws<ArgumentException>(() =>
        {
            fixture.Window.HarmedLater[0] = 6;
            fixture.Pass();
        });
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(8, 2)]
    [InlineData(49, 2)]
    [InlineData(1_000, 20)]
    public void Small_strata_keep_devices_to_compare_with(int enrolled, int held)
    {
        Assert.Equal(held, new RolloutPolicy().HeldBack(enrolled));
        var fixture = new Fixture(cells: 1, canary: enrolled, early: 0, broad: 0, critical: 0);
        int most = new RolloutPolicy().MostInFlight(enrolled);
        while (fixture.Ledger.Matured[0] < enrolled - held)
        {
            fixture.Pass();
            int exposed = Assert.IsType<RolloutDecision.Grow>(fixture.Decide()).Exposed[0];
            Assert.InRange(exposed, 1, Math.Min(enrolled - held, fixture.Ledger.Matured[0] + most));
            fixture.Expose(0, exposed);
            fixture.Window.NewlyMatured[0] = exposed - fixture.Ledger.Matured[0];
            fixture.Pass();
        }

        Assert.IsType<RolloutDecision.Wait>(fixture.Decide());
    }

    [Fact]
    public void Where_the_first_devices_were_all_harmed_the_next_one_is_alone()
    {
        var fixture = new Fixture(cells: 30);
        for (int cell = 0; cell < 30; cell++)
        {
            fixture.Expose(cell, 2);
            fixture.Window.NewlyMatured[cell] = cell == 7 ? 0 : 2;
        }

        fixture.Window.NewlyHarmed[7] = 2;
        fixture.Pass();
        fixture.Pass(120);

        Assert.Equal(3, Assert.IsType<RolloutDecision.Grow>(fixture.Decide()).Exposed[7]);
    }

    [Fact]
    public void Devices_that_sleep_or_are_harmed_are_still_out_for_their_domain()
    {
        var asleep = new Fixture(cells: 1, canary: 4, early: 0, broad: 0, critical: 0);
        asleep.Expose(0, 2);
        asleep.Installed[0] = 0;
        asleep.Pass();
        asleep.Pass(30);
        Assert.IsType<RolloutDecision.Wait>(asleep.Decide());

        var harmed = new Fixture(cells: 1, canary: 2, early: 0, broad: 0, critical: 0);
        harmed.Expose(0, 1);
        harmed.Window.NewlyHarmed[0] = 1;
        harmed.Pass();
        harmed.Pass(120);
        Assert.IsType<RolloutDecision.Wait>(harmed.Decide());
    }

    [Fact]
    public void A_halt_is_for_good_and_leads_to_a_version_that_nobody_knows_yet()
    {
        var fixture = new Fixture { Halted = true, HighestVersion = 57 };
        fixture.Expose(0, 100);
        fixture.Window.NewlyMatured[0] = 100;
        fixture.Pass();

        var halt = Assert.IsType<RolloutDecision.Halt>(fixture.Decide());

        Assert.Equal(58, halt.Rollback.Version);
        Assert.Contains("for good", fixture.Words());
        Assert.IsType<RolloutDecision.Halt>(RolloutRules.Decide(DecisionRecord.FromJson(DecisionRecord.Of(fixture.Input).ToJson()).Restore()));
    }

    [Fact]
    public void A_device_that_was_let_in_before_a_freeze_asks_again_before_it_installs()
    {
        var policy = new RolloutPolicy { Freezes = [new MinuteRange(100, 200)], Windows = [[], [], [new MinuteRange(0, 300)], []] };
        var release = new ReleaseFacts("content 41", ReleaseStream.Content, 41, 0, false, ["ann"], 0);

        Assert.Null(policy.Forbids(Ring.Broad, release, 99));
        Assert.Equal(ReasonCode.Frozen, policy.Forbids(Ring.Broad, release, 100));
        Assert.Equal(ReasonCode.OutsideWindow, policy.Forbids(Ring.Broad, release, 300));
        Assert.Null(policy.Forbids(Ring.Early, release, 300));
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

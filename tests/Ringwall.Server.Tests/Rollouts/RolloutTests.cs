using Dapper;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>Rollouts from the first approval to their end, driven on a clock that the test moves.</summary>
public abstract class RolloutTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : RolloutTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : RolloutTests(ground), IClassFixture<PostgresGround>
    {
        /// <summary>Where transactions run beside each other, a publication must read the policy when it has the row that whoever sets one takes, and not before.</summary>
        [Fact]
        public async Task A_policy_that_is_set_while_the_director_is_published_is_published()
        {
            await using RolloutField field = await StartAsync();
            await field.UntilAsync(await field.BeginAsync(), now => now.Line.Exposed > 0);
            await field.Database.WriteAsync((connection, transaction) => connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1", transaction: transaction), RolloutField.Stop);
            Task? look = null;
            await field.Database.WriteAsync(
                async (connection, transaction) =>
                {
                    string body = System.Text.Json.JsonSerializer.Serialize(RolloutField.Quick with { PinnedDevices = ["held-back"] }, System.Text.Json.JsonSerializerOptions.Web);
                    await connection.ExecuteAsync("UPDATE rollouts_policy SET body = @body", new { body }, transaction);
                    await connection.ExecuteAsync("UPDATE rollouts_director SET wanted = wanted + 1", transaction: transaction);
                    look ??= Task.Run(field.Replica.LookAsync, RolloutField.Stop);
                    while (!look.IsCompleted && await connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM pg_locks WHERE NOT granted", transaction: transaction) == 0)
                    {
                        await Task.Yield();
                    }
                },
                RolloutField.Stop);
            await look!;
            await field.Replica.LookAsync();
            Assert.True((await field.OrdersAsync())[RolloutField.First].IsPinned("held-back"));
        }
    }

    [Fact]
    public async Task A_good_release_reaches_everybody_ring_by_ring()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        List<string> opened = [];
        RolloutReply reply = await field.UntilAsync(id, now =>
        {
            foreach (StratumLine stratum in now.Strata.Where(stratum => stratum.Exposed > 0 && !opened.Contains(stratum.Ring)))
            {
                opened.Add(stratum.Ring);
            }

            return now.Line.State == RolloutStates.Complete;
        });
        Assert.Equal(["canary", "early", "broad", "critical"], opened);
        Assert.Equal((48, 48, 0), (reply.Line.Exposed, reply.Line.Enrolled, reply.Line.Harmed));
        Assert.True(reply.Points.Count > 5);
        Assert.Contains("Every device may install it", reply.Words, StringComparison.Ordinal);
        await field.CheckAsync(id);
        OperatorOrder order = (await field.OrdersAsync())[RolloutField.First];
        Assert.All(order.Exposure, share => Assert.Equal(ExposureShare.Whole, share.Share));
        Assert.Equal(["id-anna"], order.Approvals.Select(approval => approval.By));
    }

    [Fact]
    public async Task A_bad_release_harms_fewer_than_the_budget_and_is_withdrawn_with_its_way_back()
    {
        await using RolloutField field = await StartAsync(40, 20, 20, 8);
        await field.UntilAsync(await field.BeginAsync(), now => now.Line.State == RolloutStates.Complete);
        field.Fleet.Harms = release => release == RolloutField.Second;
        string id = await field.BeginAsync(RolloutField.Second);
        await field.PublishAsync(RolloutField.WayBack, wayBackFrom: RolloutField.Second, bytesOf: RolloutField.First);
        RolloutReply reply = await field.UntilAsync(id, now => now.Line.State == RolloutStates.Halted);
        Assert.InRange(reply.Line.Harmed, 1, RolloutField.Quick.HarmBudget);

        IReadOnlyDictionary<string, OperatorOrder> orders = await field.OrdersAsync();
        Assert.True(orders[RolloutField.Second].IsWithdrawn);
        Assert.Empty(orders[RolloutField.Second].Exposure);
        Assert.Equal(RolloutField.Second, orders[RolloutField.WayBack].WayBackFrom);
        Assert.Equal(1.0, orders[RolloutField.WayBack].ExposureOf("canary", field.Fleet.Cells[0]));
        Assert.Equal(0.0, orders[RolloutField.WayBack].ExposureOf("critical", field.Fleet.Cells[0]));
        Assert.Equal(4 * ExposureShare.Whole, orders[RolloutField.First].Exposure.Sum(share => share.Share));
        await field.CheckAsync(id);

        // For good.
        long decisions = (await field.Replica.Pages.DecisionsAsync(id, null, 1, RolloutField.Operator, RolloutField.Stop))[0].Number;
        await field.MinuteAsync();
        Assert.Equal(decisions, (await field.Replica.Pages.DecisionsAsync(id, null, 1, RolloutField.Operator, RolloutField.Stop))[0].Number);
        foreach (Func<Task> change in (Func<Task>[])[
            () => field.Replica.Desk.ResumeAsync(id, RolloutField.Operator, "", RolloutField.Stop), () => field.Replica.Desk.HaltAsync(id, RolloutField.Operator, "", RolloutField.Stop),
            () => field.Replica.Desk.StartAsync(RolloutField.WayBack, false, RolloutField.Operator, RolloutField.Stop), () => field.Replica.Desk.StartAsync(RolloutField.Second, false, RolloutField.Operator, RolloutField.Stop)])
        {
            Assert.Equal("ringwall:rollout-state", (await Assert.ThrowsAsync<RequestRefused>(change)).Type.Name);
        }
    }

    [Fact]
    public async Task A_halt_offers_nothing_that_did_not_go_through_all_rings_before()
    {
        await using RolloutField field = await StartAsync();
        await field.UntilAsync(await field.BeginAsync(), now => now.Line.State == RolloutStates.Complete);

        // With a vendor's stolen keys: something that nobody ever let out, something harmless, and from that a way back to the first. Bytes of its own it may not have at all.
        await field.PublishAsync(RolloutField.Second);
        string id = await field.BeginAsync("acme/yara/content-3.tar.gz");
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        await Assert.ThrowsAsync<UpdateRejectedException>(() => field.PublishAsync("acme/yara/content-4.tar.gz", wayBackFrom: "acme/yara/content-3.tar.gz"));
        await field.PublishAsync("acme/yara/content-4.tar.gz", wayBackFrom: "acme/yara/content-3.tar.gz", bytesOf: RolloutField.Second);
        await field.Replica.Desk.HaltAsync(id, RolloutField.Operator, "as the thief hoped", RolloutField.Stop);
        await field.Replica.LookAsync();
        IReadOnlyDictionary<string, OperatorOrder> orders = await field.OrdersAsync();
        Assert.True(orders["acme/yara/content-3.tar.gz"].IsWithdrawn);
        Assert.DoesNotContain("acme/yara/content-4.tar.gz", orders);
    }

    [Fact]
    public async Task A_halt_offers_nothing_that_was_halted_itself()
    {
        await using RolloutField field = await StartAsync();
        await field.UntilAsync(await field.BeginAsync(), now => now.Line.State == RolloutStates.Complete);
        string second = await field.BeginAsync(RolloutField.Second);
        await field.UntilAsync(second, now => now.Line.State == RolloutStates.Complete);
        string fourth = await field.BeginAsync("acme/yara/content-4.tar.gz");
        await field.PublishAsync("acme/yara/content-5.tar.gz", wayBackFrom: "acme/yara/content-4.tar.gz", bytesOf: RolloutField.Second);
        await field.UntilAsync(fourth, now => now.Line.Exposed > 0);
        await field.Replica.Desk.HaltAsync(second, RolloutField.Operator, "it harms late", RolloutField.Stop);
        await field.Replica.Desk.HaltAsync(fourth, RolloutField.Operator, "so does this", RolloutField.Stop);
        await field.Replica.LookAsync();
        Assert.DoesNotContain("acme/yara/content-5.tar.gz", await field.OrdersAsync());

        // And the next one is told at once.
        await field.PublishAsync("acme/yara/content-6.tar.gz");
        RequestRefused refused = await Assert.ThrowsAsync<RequestRefused>(() => field.PublishAsync("acme/yara/content-7.tar.gz", wayBackFrom: "acme/yara/content-6.tar.gz", bytesOf: RolloutField.Second));
        Assert.Equal("ringwall:rollout-state", refused.Type.Name);
        Assert.Contains("--way-back-to", refused.Message, StringComparison.Ordinal);
        await field.PublishAsync("acme/yara/content-7.tar.gz", wayBackFrom: "acme/yara/content-6.tar.gz", bytesOf: RolloutField.First);
    }

    [Fact]
    public async Task Proof_halts_a_rollout_by_itself_even_while_a_person_has_paused_it()
    {
        await using RolloutField field = await StartAsync(40, 40, 40, 8);
        field.Fleet.Harms = _ => true;
        string id = await field.BeginAsync();
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        await field.Replica.Desk.PauseAsync(id, RolloutField.Operator, "a feeling", RolloutField.Stop);
        RolloutReply reply = await field.UntilAsync(id, now => now.Line.State == RolloutStates.Halted, most: 30);
        Assert.InRange(reply.Line.Harmed, 1, RolloutField.Quick.HarmBudget);
        Assert.True(reply.Line.Evidence >= reply.Line.Threshold);
        Assert.True((await field.OrdersAsync())[RolloutField.First].IsWithdrawn);
        Assert.StartsWith("HALT", reply.Line.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_urgent_release_waits_for_two_different_people()
    {
        await using RolloutField field = await StartAsync();
        await field.PublishAsync(RolloutField.First);
        string id = await field.Replica.Desk.StartAsync(RolloutField.First, urgent: true, RolloutField.Operator, RolloutField.Stop);
        await field.Replica.Desk.ApproveAsync(id, RolloutField.Approver, "", RolloutField.Stop);
        for (int minute = 0; minute < 5; minute++)
        {
            await field.MinuteAsync();
        }

        RolloutReply waiting = await field.ReadAsync(id);
        Assert.Equal((RolloutStates.Waiting, 1, 2, 0), (waiting.Line.State, waiting.Line.Approvals, waiting.Line.ApprovalsNeeded, waiting.Line.Exposed));
        Assert.DoesNotContain(RolloutField.First, await field.OrdersAsync());
        RequestRefused same = await Assert.ThrowsAsync<RequestRefused>(() => field.Replica.Desk.ApproveAsync(id, RolloutField.Approver, "", RolloutField.Stop));
        Assert.Equal("ringwall:same-person", same.Type.Name);
        await field.Replica.Desk.ApproveAsync(id, RolloutField.Other, "", RolloutField.Stop);
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        OperatorOrder order = (await field.OrdersAsync())[RolloutField.First];
        Assert.True(order.IsUrgent);
        Assert.Equal(["id-anna", "id-axel"], order.Approvals.Select(approval => approval.By));
        Assert.Equal("ringwall:rollout-state", (await Assert.ThrowsAsync<RequestRefused>(() => field.Replica.Desk.ApproveAsync(id, RolloutField.Approver, "", RolloutField.Stop))).Type.Name);
    }

    [Fact]
    public async Task An_exposure_holds_from_the_minute_in_which_it_was_decided()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        field.Clock.Advance(TimeSpan.FromSeconds(40));
        await field.UntilAsync(id, now => now.Line.Exposed > 0);

        // Whoever reads the signed file a moment later may take the release: what it suffers then is the release's, and no window has that minute yet.
        (long holds, long at, long folded) = (await field.QueryAsync<(long, long, long)>("SELECT s.minute, d.at, d.minute FROM rollouts_steps s JOIN rollouts_decisions d ON d.rollout = s.rollout AND d.number = s.decision"))[0];
        Assert.Equal((at / 60_000, folded + 1), (holds, holds));
    }

    [Fact]
    public async Task A_pause_holds_everybody_and_a_resume_lets_them_go_on()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        await field.Replica.Desk.PauseAsync(id, RolloutField.Approver, "look first", RolloutField.Stop);
        await field.Replica.LookAsync();
        Assert.True((await field.OrdersAsync())[RolloutField.First].IsHeld);
        long exposed = (await field.ReadAsync(id)).Line.Exposed;
        for (int minute = 0; minute < 15; minute++)
        {
            await field.MinuteAsync();
        }

        RolloutReply paused = await field.ReadAsync(id);
        Assert.Equal((RolloutStates.Paused, exposed), (paused.Line.State, paused.Line.Exposed));
        Assert.Contains("PAUSED", paused.Line.Headline, StringComparison.Ordinal);
        Assert.Equal(["resume", "halt"], paused.Possible);
        await field.Replica.Desk.ResumeAsync(id, RolloutField.Operator, "", RolloutField.Stop);
        await field.UntilAsync(id, now => now.Line.Exposed > exposed);
        Assert.False((await field.OrdersAsync())[RolloutField.First].IsHeld);
        await field.CheckAsync(id);
    }

    [Fact]
    public async Task A_freeze_holds_everybody_while_it_lasts_and_no_longer()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        DateTimeOffset now = field.Clock.GetUtcNow();
        await field.Replica.Policies.SetAsync(
            RolloutField.Quick with { Freezes = [new Freeze(now.AddMinutes(2), now.AddMinutes(30))], Windows = [new RingWindow("broad", 0, 60, 120)] }, RolloutField.Operator, RolloutField.Stop);
        await field.MinuteAsync();
        Assert.False((await field.OrdersAsync())[RolloutField.First].IsHeld);
        InstallWindow window = Assert.Single((await field.OrdersAsync())[RolloutField.First].Windows);
        Assert.Equal((DayOfWeek.Sunday, 60, 120, "broad"), (window.Day, window.FromMinute, window.UntilMinute, window.Ring));
        await field.MinuteAsync();
        await field.MinuteAsync();
        Assert.True((await field.OrdersAsync())[RolloutField.First].IsHeld);
        long exposed = (await field.ReadAsync(id)).Line.Exposed;
        await field.UntilAsync(id, _ => field.Clock.GetUtcNow() >= now.AddMinutes(29));
        Assert.Equal(exposed, (await field.ReadAsync(id)).Line.Exposed);
        await field.UntilAsync(id, reply => reply.Line.Exposed > exposed);
        Assert.False((await field.OrdersAsync())[RolloutField.First].IsHeld);
    }

    [Fact]
    public async Task A_newer_release_stops_the_growth_of_the_one_before_and_takes_its_place_when_it_has_reached_everybody()
    {
        await using RolloutField field = await StartAsync();
        string first = await field.BeginAsync();
        await field.UntilAsync(first, now => now.Line.Exposed > 0);
        string second = await field.BeginAsync(RolloutField.Second);
        RolloutReply before = await field.ReadAsync(first);
        await field.UntilAsync(second, now => now.Line.Exposed > 20);
        RolloutReply overtaken = await field.ReadAsync(first);
        Assert.Equal((RolloutStates.Running, before.Line.Exposed), (overtaken.Line.State, overtaken.Line.Exposed));
        Assert.True(overtaken.Line.Matured > 0);
        Assert.Contains("A newer release of the stream has begun", overtaken.Words, StringComparison.Ordinal);
        Assert.Equal([RolloutField.First, RolloutField.Second], (await field.OrdersAsync()).Keys.Order());
        await field.UntilAsync(second, now => now.Line.State == RolloutStates.Complete);
        Assert.Equal(RolloutStates.Superseded, (await field.ReadAsync(first)).Line.State);
        Assert.Equal([RolloutField.Second], (await field.OrdersAsync()).Keys);
        RequestRefused old = await Assert.ThrowsAsync<RequestRefused>(() => field.Replica.Desk.StartAsync(RolloutField.First, false, RolloutField.Operator, RolloutField.Stop));
        Assert.Equal("ringwall:rollout-state", old.Type.Name);
    }

    [Fact]
    public async Task A_release_that_harms_late_is_halted_while_a_newer_one_is_let_out()
    {
        await using RolloutField field = await StartAsync(40, 40, 40, 8);
        string first = await field.BeginAsync();
        await field.UntilAsync(first, now => now.Line.Exposed > 20);
        string second = await field.BeginAsync(RolloutField.Second);
        await field.Replica.Desk.PauseAsync(second, RolloutField.Operator, "not yet", RolloutField.Stop);
        field.Fleet.Harms = release => release == RolloutField.First;
        await field.UntilAsync(first, now => now.Line.State == RolloutStates.Halted, most: 30);
        Assert.True((await field.OrdersAsync())[RolloutField.First].IsWithdrawn);
    }

    [Fact]
    public async Task A_release_is_halted_by_a_person_while_a_newer_one_is_let_out_and_goes_on_when_the_newer_one_is()
    {
        await using RolloutField field = await StartAsync();
        string first = await field.BeginAsync();
        await field.UntilAsync(first, now => now.Line.Exposed > 0);
        string second = await field.BeginAsync(RolloutField.Second);
        await field.UntilAsync(second, now => now.Line.Exposed > 0);
        long exposed = (await field.ReadAsync(first)).Line.Exposed;
        await field.Replica.Desk.HaltAsync(second, RolloutField.Operator, "worse than the one before", RolloutField.Stop);
        await field.UntilAsync(first, now => now.Line.Exposed > exposed);
        await field.BeginAsync("acme/yara/content-5.tar.gz");
        await field.Replica.Desk.HaltAsync(first, RolloutField.Operator, "it harms late", RolloutField.Stop);
        await field.Replica.LookAsync();
        Assert.True((await field.OrdersAsync())[RolloutField.First].IsWithdrawn);
    }

    [Fact]
    public async Task A_vendor_does_not_undo_a_pause_by_publishing_the_next_release()
    {
        await using RolloutField field = await StartAsync();
        await field.Replica.Policies.SetAsync(RolloutField.Quick with { Automatic = ["acme"] }, RolloutField.Operator, RolloutField.Stop);
        string first = Assert.Single((await field.PublishAsync(RolloutField.First)).Rollouts);
        await field.UntilAsync(first, now => now.Line.Exposed > 0);
        await field.Replica.Desk.PauseAsync(first, RolloutField.Operator, "look first", RolloutField.Stop);
        Assert.Empty((await field.PublishAsync(RolloutField.Second)).Rollouts);
        await field.Replica.Desk.ResumeAsync(first, RolloutField.Operator, "", RolloutField.Stop);
        Assert.Single((await field.PublishAsync("acme/yara/content-3.tar.gz")).Rollouts);
    }

    [Fact]
    public async Task A_ring_that_is_pinned_behind_takes_each_release_when_the_next_is_complete()
    {
        await using RolloutField field = await StartAsync();
        await field.Replica.Policies.SetAsync(RolloutField.Quick with { Pins = [new RingPin("critical", "content", 1)] }, RolloutField.Operator, RolloutField.Stop);
        string first = await field.BeginAsync();
        RolloutReply reply = await field.UntilAsync(first, now => now.Line.State == RolloutStates.Complete);
        Assert.Equal((40, 48), (reply.Line.Exposed, reply.Line.Enrolled));
        Assert.Contains("pinned to stay behind", reply.Words, StringComparison.Ordinal);
        string second = await field.BeginAsync(RolloutField.Second);
        await field.UntilAsync(second, now => now.Line.State == RolloutStates.Complete);

        // The one before goes on into the pinned ring, and stays what that ring has.
        await field.UntilAsync(first, now => now.Line.Exposed == 48);
        IReadOnlyDictionary<string, OperatorOrder> orders = await field.OrdersAsync();
        Assert.Equal((1.0, 0.0), (orders[RolloutField.First].ExposureOf("critical", field.Fleet.Cells[0]), orders[RolloutField.Second].ExposureOf("critical", field.Fleet.Cells[0])));
        Assert.Equal(1.0, orders[RolloutField.Second].ExposureOf("broad", field.Fleet.Cells[0]));

        // The third moves the second into it; the first is judged until the fourth is complete.
        string third = await field.BeginAsync("acme/yara/content-3.tar.gz");
        await field.UntilAsync(third, now => now.Line.State == RolloutStates.Complete);
        await field.UntilAsync(second, now => now.Line.Exposed == 48);
        Assert.Equal(RolloutStates.Complete, (await field.ReadAsync(first)).Line.State);
        await field.UntilAsync(await field.BeginAsync("acme/yara/content-4.tar.gz"), now => now.Line.State == RolloutStates.Complete);
        Assert.Equal(RolloutStates.Superseded, (await field.ReadAsync(first)).Line.State);
        await field.CheckAsync(second);
    }

    [Fact]
    public async Task A_vendor_that_the_operator_trusts_so_far_needs_nobody_to_start_its_releases()
    {
        await using RolloutField field = await StartAsync();
        await field.Replica.Policies.SetAsync(RolloutField.Quick with { Automatic = ["acme"] }, RolloutField.Operator, RolloutField.Stop);
        PublicationReply reply = await field.PublishAsync(RolloutField.First);
        string id = Assert.Single(reply.Rollouts);
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        Assert.Single((await field.PublishAsync(RolloutField.Second)).Rollouts);
        Assert.Empty((await field.PublishAsync(RolloutField.WayBack, wayBackFrom: RolloutField.Second, bytesOf: RolloutField.First)).Rollouts);
    }

    [Fact]
    public async Task Each_sees_what_is_its_own()
    {
        await using RolloutField field = await StartAsync();
        string id = await field.BeginAsync();
        await field.UntilAsync(id, now => now.Line.Exposed > 0);
        Assert.NotNull(await field.Replica.Pages.FindAsync(id, RolloutField.Vendor, RolloutField.Stop));
        Assert.Null(await field.Replica.Pages.FindAsync(id, RolloutField.Stranger, RolloutField.Stop));
        Assert.Empty(await field.Replica.Pages.ListAsync(RolloutField.Stranger, RolloutField.Stop));
        Assert.Empty(await field.Replica.Pages.DecisionsAsync(id, null, 10, RolloutField.Stranger, RolloutField.Stop));
        Assert.Null(await field.Replica.Pages.RecordAsync(id, 1, RolloutField.Stranger, RolloutField.Stop));
        Assert.NotNull(await field.Replica.Pages.RecordAsync(id, 1, RolloutField.Vendor, RolloutField.Stop));
        Assert.Equal("anna", Assert.Single((await field.ReadAsync(id)).Approvals).By);
        Assert.Equal(id, Assert.Single(await field.Replica.Pages.ReleasesAsync(RolloutField.Vendor, RolloutField.Stop)).Rollout);
    }

    [Fact]
    public async Task Policies_that_make_no_sense_are_refused()
    {
        await using RolloutField field = await StartAsync();
        foreach (FleetPolicy wrong in (FleetPolicy[])[
            new() { HarmBudget = 0 }, new() { SoakMinutes = 0 }, new() { Holdback = 2 }, new() { EnoughInRing = [1] }, new() { Windows = [new RingWindow("nowhere", 0, 0, 10)] },
            new() { Windows = [new RingWindow("broad", 7, 0, 10)] }, new() { Pins = [new RingPin("broad", "rules", 1)] }, new() { UrgentSoakMinutes = 99 }, new() { PinnedDevices = [""] }, new() { Windows = [.. Enumerable.Repeat(new RingWindow("broad", 1, 0, 10), OperatorOrder.MostOthers + 1)] }])
        {
            Assert.Equal("ringwall:bad-request", (await Assert.ThrowsAsync<RequestRefused>(() => field.Replica.Policies.SetAsync(wrong, RolloutField.Operator, RolloutField.Stop))).Type.Name);
        }

        Assert.Equal(RolloutField.Quick.SoakMinutes, (await field.Replica.Policies.GetAsync(RolloutField.Stop)).SoakMinutes);
    }

    private async Task<RolloutField> StartAsync(params int[] devices) => await RolloutField.StartAsync(await ground.NewDatabaseAsync(), devices);
}

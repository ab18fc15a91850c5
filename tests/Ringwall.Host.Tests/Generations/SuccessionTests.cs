using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Supervision;
using Ringwall.Host.Tests.Asks;
using Ringwall.Host.Tests.Sandboxes;
using static Ringwall.Host.Decide.AskCounters;

namespace Ringwall.Host.Tests.Generations;

/// <summary>Real sensors in real sandboxes follow one another in front of the real kernel.</summary>
[Collection("kernel")]
public sealed class SuccessionTests
{
    [Fact]
    public void A_promotion_and_a_fallback_leave_no_ask_without_a_verdict()
    {
        Workshop.SkipUnlessRoot();
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Line line = new(mount);
        line.AwaitInService(0);
        using Hand hand = Hand.Start("repeat", file, "0");

        line.Install("1", "good");
        line.AwaitInService(1);
        line.Await(() => line.Sensor.Running().Any(one => one is { Number: 0, Standing: Standing.Fallback }), "the former one stands by");
        int pid = line.Served.Post.Snapshot().Pid!.Value;
        Process.GetProcessById(pid).Kill();
        line.AwaitInService(0);
        line.Await(() => line.Store.Of(Line.Name)[1].State == GenerationState.Refused, "the store says so too");
        Assert.Contains("SIGKILL", line.Store.Of(Line.Name)[1].Why, StringComparison.OrdinalIgnoreCase);

        Assert.Matches("^[1-9][0-9]+ allowed, 0 refused, 0 other$", hand.Say("end"));
        Assert.Equal((0, 0), (line.Guard.Counters[Answer.Overdue], line.Guard.Counters[Answer.Away]));
        line.Await(() => line.Sensor.Running().Count == 1, "what failed is gone");

        // The control: the same without a fallback is missed, and a closed machine refuses.
        Process.GetProcessById(line.Served.Post.Snapshot().Pid!.Value).Kill();
        line.Await(() => Hand.Do("open", file) == "error 1", "nobody is there to allow");
    }

    [Fact]
    public void The_operator_s_word_brings_the_fallback_back()
    {
        Workshop.SkipUnlessRoot();
        using TestMount mount = TestMount.Tmpfs();
        using Line line = new(mount);
        line.AwaitInService(0);
        line.Install("1", "good");
        line.AwaitInService(1);
        line.Sensor.FallBack(0, FallbackCause.Order, "meant for another");
        line.Sensor.FallBack(1, FallbackCause.Order, "I say so");
        line.AwaitInService(0);
        line.Await(() => line.Store.Of(Line.Name)[1].Why == "I say so", "the reason is kept");
        Assert.DoesNotContain(line.Said, said => said.Contains("meant for another", StringComparison.Ordinal));
    }

    [Fact]
    public void After_its_time_the_fallback_ends_and_is_started_when_it_is_needed()
    {
        Workshop.SkipUnlessRoot();
        using TestMount mount = TestMount.Tmpfs();
        using Line line = new(mount, new SuccessionPolicy { FallbackFor = TimeSpan.FromMilliseconds(1), ShownAfter = 2 });
        line.AwaitInService(0);
        line.Install("1", "good");
        line.AwaitInService(1);
        line.Await(() => line.Sensor.Running().Count == 1, "the fallback has ended");
        line.Sensor.FallBack(1, FallbackCause.Order, "I say so");
        line.AwaitInService(0);
        line.Await(() => line.Store.InService(Line.Name)!.Number == 0, "the store says so too");
    }

    [Fact]
    public void The_fallback_shows_that_it_still_starts()
    {
        Workshop.SkipUnlessRoot();
        using TestMount mount = TestMount.Tmpfs();
        using Line line = new(mount, new SuccessionPolicy { ShownAfter = 0.0001 });
        line.AwaitInService(0);
        line.Install("1", "good");
        line.AwaitInService(1);
        line.Await(
            () => line.Sensor.Running().Any(one => one.Standing == Standing.Fallback && one.Post.Snapshot() is { Starts: 2, State: SensorState.Running, Seat: not null }),
            "it was started again, beside");
        line.Sensor.FallBack(1, FallbackCause.Order, "I say so");
        line.AwaitInService(0);
    }

    [Fact]
    public void A_trial_that_made_way_for_a_fallback_begins_again_when_that_is_in_service()
    {
        Workshop.SkipUnlessRoot();
        using TestMount mount = TestMount.Tmpfs();
        ConcurrentQueue<long> begun = new();
        using Line line = new(mount, new SuccessionPolicy { FallbackFor = TimeSpan.FromMilliseconds(1), ShownAfter = 2 }, (generation, _, _, done) =>
        {
            begun.Enqueue(generation.Number);
            if (generation.Number == 1)
            {
                done(new TrialOutcome(true, "it is good"));
            }

            return new MemoryStream();
        });
        line.AwaitInService(0);
        line.Install("1", "good");
        line.AwaitInService(1);
        line.Await(() => line.Sensor.Running().Count == 1, "the fallback has ended");
        line.Install("2", "good");
        line.Await(() => begun.Count == 2, "the second is being tried");
        line.Sensor.FallBack(1, FallbackCause.Order, "I say so");
        line.AwaitInService(0);
        line.Await(() => begun.SequenceEqual([1L, 2L, 2L]), "the second is tried again");
        Assert.Equal(GenerationState.Waiting, line.Store.Of(Line.Name)[2].State);
    }

    [Fact]
    public void One_that_is_tried_and_refused_never_counts()
    {
        Workshop.SkipUnlessRoot();
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        Action<TrialOutcome>? decide = null;
        using Line line = new(mount, trials: (_, _, _, done) =>
        {
            Volatile.Write(ref decide, done);
            return new MemoryStream();
        });
        line.AwaitInService(0);
        line.Install("1", "slow");      // reads asks and answers none
        line.Await(() => line.Sensor.Running().Any(one => one.Standing == Standing.OnTrial && one.Post.Snapshot().State == SensorState.Running), "it runs beside");
        Assert.Equal("ok", Hand.Do("open", file));
        line.Await(() => Volatile.Read(ref decide) is not null, "its trial began");
        decide!(new TrialOutcome(false, "it answers nothing"));
        line.Await(() => line.Store.Of(Line.Name)[1] is { State: GenerationState.Refused, Why: "it answers nothing" }, "it is refused");
        line.Await(() => line.Sensor.Running().Count == 1, "it is gone");
        Assert.Equal((0, 0), (line.Guard.Counters[Answer.Overdue], line.Guard.Counters[Answer.Away]));
        line.AwaitInService(0);
    }
}

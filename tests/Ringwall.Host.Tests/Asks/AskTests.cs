using Ringwall.Contract;
using Ringwall.Host.Decide;
using static Ringwall.Host.Decide.AskCounters;

namespace Ringwall.Host.Tests.Asks;

/// <summary>What is promised to whoever opens or executes a file, on the real kernel.</summary>
[Collection("kernel")]
public sealed class AskTests
{
    [Fact]
    public void An_allowed_open_works_and_a_denied_one_is_refused()
    {
        using TestMount mount = TestMount.Tmpfs();
        string good = mount.Write("good", "harmless");
        string bad = mount.Write("bad", "evil");
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", seen => seen.Head == "evil" ? Said.Deny : Said.Allow);

        Assert.Equal("ok", Hand.Do("open", good));
        Assert.Equal("error 1", Hand.Do("open", bad));
        Assert.Equal([good, bad], sensor.Asked.Select(seen => seen.Path));
        Assert.All(sensor.Asked, seen => Assert.True(seen.HadDescriptor && seen.Class == EventClass.Open));

        // The control: without the guard the same open works.
        guard.Dispose();
        Assert.Equal("ok", Hand.Do("open", bad));
    }

    [Fact]
    public void An_execution_is_asked_about_as_an_execution()
    {
        using TestMount mount = TestMount.Tmpfs();
        string program = mount["true"];
        File.Copy("/bin/true", program);
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", seen => seen.Class == EventClass.Exec ? Said.Deny : Said.Allow);

        Assert.Equal("error 1", Hand.Do("run", program));
        Assert.Equal("ok", Hand.Do("open", program));
        Assert.Contains(sensor.Asked, seen => seen.Class == EventClass.Exec && seen.Path == program);
    }

    [Fact]
    public void One_deny_wins_whoever_says_it_and_in_whatever_order()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        guard.Seat("first", _ => Said.Allow);
        int asked = 0;
        guard.Seat("second", _ => asked++ == 0 ? Said.Deny : Said.Allow);
        guard.Seat("third", _ => Said.Allow);

        Assert.Equal("error 1", Hand.Do("open", file));
        Assert.Equal("ok", Hand.Do("open", file));
    }

    [Theory]
    [InlineData(Fallback.Open, "ok")]
    [InlineData(Fallback.Closed, "error 1")]
    [InlineData(Fallback.LastKnown, "ok")]
    public void A_sensor_that_never_answers_costs_the_deadline_and_no_more(Fallback fallback, string expected)
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(fallback, 150));
        ScriptedSensor silent = guard.Seat("silent", _ => null);

        Assert.Equal(expected, Hand.Do("open", file));
        guard.Await(() => guard.Counters[Answer.Overdue] == 1, "the deadline is counted");
        guard.Await(() => silent.Seat.Counters.MissedDeadlines == 1, "the miss is the sensor's");
        guard.Await(() => guard.Loop.InFlight == 0, "the ask is over");
    }

    [Fact]
    public void Last_known_repeats_the_last_verdict_for_the_same_bytes_only()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x", owner: 1000);
        using Guard guard = new(mount, Guard.Both(Fallback.LastKnown, 1_000));
        bool answers = true;
        guard.Seat("one", _ => answers ? Said.Deny : null);

        guard.Await(() => Hand.Do("open", file) == "error 1", "the sensor denies in time");
        answers = false;
        Assert.Equal("error 1", Hand.Do("open", file));
        Assert.Equal("ok", Hand.Do("truncate", file, "5"));
        Assert.Equal("ok", Hand.Do("open", file));
    }

    [Fact]
    public void Late_repeated_and_invented_verdicts_reach_nobody()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 1_000));
        ScriptedSensor liar = guard.Seat("liar", _ => null);

        Assert.Equal("ok", Hand.Do("open", file));
        guard.Await(() => liar.Asked.Count == 1, "the liar reads what it was asked");
        ulong late = Assert.Single(liar.Asked).Ticket;
        guard.Await(() => guard.Loop.InFlight == 0, "the ask is over");
        liar.SendVerdict(late, Said.Deny);
        liar.SendVerdict(late, Said.Deny);
        liar.SendVerdict(0xdead_0000_beef, Said.Deny);
        liar.Send("not a message"u8);
        guard.Await(() => liar.Seat.Counters is { NotExpected: 2, Malformed: 1 }, "the lies are counted");

        // And the sensor next to it is not disturbed.
        guard.Seat("honest", _ => Said.Deny);
        guard.Await(() => Hand.Do("open", file) == "error 1", "the honest sensor denies in time");
    }

    [Fact]
    public void A_punctual_verdict_on_what_another_has_denied_already_is_no_lie()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000));
        ScriptedSensor careful = guard.Seat("careful", _ => null);
        guard.Seat("quick", _ => Said.Deny);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("error 1", Hand.Do("open", file));
        }

        guard.Await(() => careful.Asked.Count == 3, "the careful sensor has all asks");
        foreach (Seen ask in careful.Asked)
        {
            careful.SendVerdict(ask.Ticket, Said.Allow);
        }

        careful.SendVerdict(0xdead_0000_beef, Said.Deny);
        careful.Send("not a message"u8);
        guard.Await(() => careful.Seat.Counters.Malformed == 1, "all is heard");
        Assert.Equal((1, 0), (careful.Seat.Counters.NotExpected, careful.Seat.Counters.MissedDeadlines));
    }

    [Fact]
    public void A_sensor_that_dies_releases_who_waited_for_it()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 20_000));
        ScriptedSensor dying = guard.Seat("dying", _ => null);

        using Hand hand = Hand.Start("open", file);
        guard.Await(() => dying.Asked.Count == 1, "the sensor is asked");
        dying.Die();
        guard.Loop.Unseat(dying.Seat);
        Assert.Equal("error 1", hand.Finish());

        // While it is away its share is the fallback, at once; put out of service, it is not missed.
        Assert.Equal("error 1", Hand.Do("open", file));
        guard.Loop.Dismiss("dying");
        Assert.Equal("ok", Hand.Do("open", file));
    }

    [Fact]
    public void An_asker_that_is_killed_while_it_waits_leaves_nothing_behind()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000));
        ScriptedSensor slow = guard.Seat("slow", _ => null);

        using Hand hand = Hand.Start("open", file);
        guard.Await(() => slow.Asked.Count == 1, "the sensor is asked");
        hand.Kill();
        slow.SendVerdict(slow.Asked.First().Ticket, Said.Allow);
        guard.Await(() => guard.Loop.InFlight == 0, "the ask is over");
    }

    [Fact]
    public void Several_asks_of_one_file_in_flight_are_asked_once()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000));
        ScriptedSensor sensor = guard.Seat("one", _ => null);

        using Hand hand = Hand.Start("many", file, "50");
        guard.Await(() => guard.Loop.InFlight == 50 && sensor.Asked.Count == 1, "all are in flight, and the sensor is asked");
        sensor.SendVerdict(Assert.Single(sensor.Asked).Ticket, Said.Deny);
        Assert.Equal("0 allowed, 50 refused, 0 other", hand.Finish());
        Assert.Single(sensor.Asked);
        Assert.Equal(49, guard.Counters[Answer.Shared]);
    }

    [Fact]
    public void Two_processes_that_are_not_known_to_be_one_program_are_asked_apart()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000));
        ScriptedSensor sensor = guard.Seat("one", _ => null);

        using Hand first = Hand.Start("open", file);
        using Hand second = Hand.Start("open", file);
        guard.Await(() => sensor.Asked.Count == 2, "both are asked");
        sensor.SendVerdict(sensor.Asked.Single(seen => seen.Pid == first.Pid).Ticket, Said.Allow);
        sensor.SendVerdict(sensor.Asked.Single(seen => seen.Pid == second.Pid).Ticket, Said.Deny);
        Assert.Equal("ok", first.Finish());
        Assert.Equal("error 1", second.Finish());
    }

    [Fact]
    public void Thousands_of_asks_at_once_are_all_answered()
    {
        using TestMount mount = TestMount.Tmpfs();
        const int Count = 2000;
        for (int i = 0; i < Count; i++)
        {
            File.WriteAllText(mount[$"{i}"], "x");
        }

        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 20_000));
        guard.Seat("one", _ => Said.Allow);
        guard.Seat("two", seen => seen.Path.EndsWith('7') ? Said.Deny : Said.Allow);

        Assert.Equal("1800 allowed, 200 refused, 0 other", Hand.Do("many-files", mount.Point, $"{Count}"));
        guard.Await(() => guard.Loop.InFlight == 0, "nothing is left over");
    }

    [Fact]
    public void At_the_limit_of_asks_in_flight_nothing_is_denied_for_want_of_room()
    {
        using TestMount mount = TestMount.Tmpfs();
        const int Count = 300;
        for (int i = 0; i < Count; i++)
        {
            File.WriteAllText(mount[$"{i}"], "x");
        }

        // Room for 100 at once, a sensor that never answers, and a fallback that allows: each wave is released by its deadline.
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 1_000), capacity: 100);
        guard.Seat("silent", _ => null);

        Assert.Equal($"{Count} allowed, 0 refused, 0 other", Hand.Do("many-files", mount.Point, $"{Count}"));
        Assert.True(guard.Counters[Answer.Full] > 0, "the limit was never reached, so this run proved nothing");
        Assert.Equal(0, guard.Counters[Answer.NoDescriptor]);
    }

    [Fact]
    public void Own_processes_are_answered_at_once()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 20_000));
        ScriptedSensor sensor = guard.Seat("silent", _ => null);

        using (Hand hand = Hand.Start("hold", mount.Write("other", "y")))
        {
            // A process like any other waits...
            guard.Await(() => sensor.Asked.Count == 1, "it is asked");
            sensor.SendVerdict(sensor.Asked.First().Ticket, Said.Allow);
            Assert.Equal("ok", hand.Hear());
        }

        // ...and this one, which is the host here, does not: sensors and host may open guarded files.
        Assert.Equal("x", File.ReadAllText(file));
        Assert.Single(sensor.Asked);
        guard.Settle();
        Assert.True(guard.Counters[Answer.Own] > 0);
    }

    [Fact]
    public void A_fifo_neither_hangs_the_host_nor_is_asked_about()
    {
        using TestMount mount = TestMount.Tmpfs();
        TestMount.Run("mkfifo", mount["fifo"]);
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Allow);

        using Hand reader = Hand.Start("open", mount["fifo"]);
        Assert.Equal("ok", Hand.Do("open", file));      // the host still answers others
        Assert.Equal("ok", Hand.Do("open-write", mount["fifo"]));
        Assert.Equal("ok", reader.Finish());
        Assert.Equal(0, sensor.CountFor(mount["fifo"]));
    }

    [Fact]
    public void What_is_out_of_scope_is_asked_about_once_by_the_kernel_and_never_of_a_sensor()
    {
        using TestMount mount = TestMount.Tmpfs();
        Directory.CreateDirectory(mount["guarded"]);
        string outside = mount.Write("outside", "x");
        string inside = mount.Write("guarded/inside", "x");
        string near = mount.Write("guarded-not", "x");
        using Guard guard = new(mount, scope: mount["guarded"]);
        ScriptedSensor sensor = guard.Seat("one", _ => Said.Allow);

        for (int i = 0; i < 3; i++)
        {
            // The kernel is told once it is answered.
            Assert.Equal("ok", Hand.Do("open", outside));
            guard.Settle();
            Assert.Equal("ok", Hand.Do("open", near));
            guard.Settle();
            Assert.Equal("ok", Hand.Do("open", inside));
        }

        Assert.Equal(3, sensor.CountFor(inside));
        Assert.Equal(3, sensor.Asked.Count);
        Assert.Equal(2, guard.Counters[Answer.OutOfScope]);
    }

    [Fact]
    public void An_override_allows_what_a_sensor_denies_until_the_file_changes()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount);
        guard.Seat("one", _ => Said.Deny);
        Assert.Equal("error 1", Hand.Do("open", file));

        Assert.True(Kernel.Files.OpenFile.TryStat(file, out Kernel.Files.FileState state));
        guard.Context.Overrides.Replace([state.Identity]);
        guard.Loop.AskToDropAll();
        Assert.Equal("ok", Hand.Do("open", file));

        Assert.Equal("ok", Hand.Do("truncate", file, "5"));
        Assert.Equal("error 1", Hand.Do("open", file));
    }

    [Fact]
    public void Asking_and_answering_allocates_nothing()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        string cached = mount.Write("cached", "x", owner: 1000);
        using Guard guard = new(mount);
        guard.Seat("one", seen => seen.Path == cached ? Said.AllowCacheable : Said.Allow);
        void Round()
        {
            for (int i = 0; i < 30; i++)
            {
                Assert.Equal("ok", Hand.Do("open", file));
                Assert.Equal("ok", Hand.Do("open", cached));
            }
        }

        Round();    // warm

        // The runtime may use the thread once for work of its own; what allocates does so in every attempt.
        long spent = long.MaxValue;
        for (int attempt = 0; attempt < 5 && spent != 0; attempt++)
        {
            long before = guard.Loop.AllocatedBytes();
            long baseline = guard.Loop.AllocatedBytes() - before;
            before = guard.Loop.AllocatedBytes();
            Round();
            spent = guard.Loop.AllocatedBytes() - before - baseline;
        }

        Assert.True(guard.Counters[Answer.Remembered] > 20 && guard.Counters[Answer.Allowed] > 50, "the paths were not taken");
        Assert.Equal(0, spent);
    }
}

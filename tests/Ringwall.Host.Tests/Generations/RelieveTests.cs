using System.Collections.Concurrent;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Review;
using Ringwall.Host.Tests.Asks;
using Ringwall.Kernel.Scheduling;
using static Ringwall.Host.Decide.AskCounters;
using Guard = Ringwall.Host.Tests.Asks.Guard;

namespace Ringwall.Host.Tests.Generations;

/// <summary>One generation takes another's place between two asks, on the real kernel.</summary>
[Collection("kernel")]
public sealed class RelieveTests
{
    [Fact]
    public void What_the_one_that_leaves_has_not_answered_the_other_answers()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 20_000));
        ScriptedSensor hung = guard.Seat("sensor", _ => null);
        using ScriptedSensor next = new("sensor", AskKinds.Exec | AskKinds.Open, _ => Said.Allow);
        using Hand hand = Hand.Start("open", file);
        guard.Await(() => hung.Asked.Count == 1, "it is asked");

        guard.Loop.Relieve(hung.Seat, next.Seat);
        Assert.Equal("ok", hand.Finish());
        Assert.Equal("ok", Hand.Do("open", file));
        Assert.Single(hung.Asked);
        Assert.Equal(2, next.CountFor(file));
        Assert.Equal((0, 0), (guard.Counters[Answer.Overdue], guard.Counters[Answer.Away]));
        guard.Loop.Unseat(next.Seat);
    }

    [Fact]
    public void An_ask_whose_file_is_still_being_looked_at_stays_open_when_its_sensor_is_relieved_by_one_that_is_not_asked()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string changed = root.Write("usr/bin/changed", "something else"), whole = root.Write("usr/bin/whole", "a tool");
        root.Owns("tools", ("usr/bin/changed", "a tool"), ("usr/bin/whole", "a tool"));
        root.Set.Packages.Refresh();
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000), set: root.Set);
        ScriptedSensor erring = guard.Seat("erring", _ => Said.Deny);
        ScriptedSensor slow = guard.Seat("slow", _ => null);
        using ScriptedSensor next = new("slow", AskKinds.Exec, _ => Said.Allow);
        using Hand first = Hand.Start("open", changed), second = Hand.Start("open", whole);
        guard.Await(() => slow.Asked.Count == 2 && erring.Seat.Counters.Answered == 2, "both are denied, and nobody has looked at the files yet");

        guard.Loop.Relieve(slow.Seat, next.Seat);
        Assert.Equal(2, guard.Loop.InFlight);
        Assert.Equal(0, guard.Counters[Answer.Away]);
        using CheckThread checks = new(root.Set.Checks, root.Set.Packages, guard.Context.Blocks, guard.Loop.HearChecked);
        checks.Start();
        Assert.Equal("error 1", first.Finish());        // what was found out counts
        Assert.Equal("ok", second.Finish());
        guard.Settle();
        Assert.Equal(0, guard.Loop.InFlight);
        guard.Loop.Unseat(next.Seat);
    }

    [Fact]
    public void A_denial_that_was_not_applied_is_charged_to_the_generation_that_gave_it()
    {
        using TestMount mount = TestMount.Tmpfs();
        string needed = mount.Write("needed", "x");
        ProtectedSet set = new();
        set.Replace(new ProtectedTable([new ProtectedPlace(needed, IsTree: false, new Protection(ProtectionKind.Operator, "the machine needs it"))], []));
        using DenyBudgets budgets = new(new BudgetConfiguration());
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 20_000), set: set);
        using ReviewThread review = guard.Review();
        Charges charges = new();
        review.Add(charges);
        using ScriptedSensor next = new("sensor", AskKinds.Exec | AskKinds.Open, _ => Said.Allow, budgets.Of("sensor", 2), generation: 2);
        ScriptedSensor erring = guard.Seat("sensor", _ => Said.Deny, budget: budgets.Of("sensor", 1));
        ScriptedSensor slow = guard.Seat("slow", _ => null);
        using Hand hand = Hand.Start("open", needed);
        guard.Await(() => guard.Counters[Answer.Advisory] == 1 && slow.Asked.Count == 1, "it has spoken, and the other is waited for");

        // The next one sits down in the very place.
        int place = erring.Seat.Place;
        guard.Loop.Relieve(erring.Seat, next.Seat);
        Assert.Equal(place, next.Seat.Place);
        slow.SendVerdict(slow.Asked.Single().Ticket, Said.Allow);
        Assert.Equal("ok", hand.Finish());
        guard.Await(() => charges.Charged.Count == 1, "it is reviewed");
        Assert.Null(charges.Charged.Single());
        long now = MonotonicClock.NowNs;
        Assert.Equal((1, 0), (budgets.Of("sensor", 1).LastHour(now).Protected, budgets.Of("sensor", 2).LastHour(now).Protected));

        // The control: without a change of generations it is said whose denial it was.
        ScriptedSensor third = guard.Seat("third", _ => Said.Deny);
        guard.Loop.Unseat(slow.Seat);
        Assert.Equal("ok", Hand.Do("open", needed));
        guard.Await(() => charges.Charged.Count == 2, "it is reviewed");
        Assert.Equal(third.Seat.Source, charges.Charged.Last());
        guard.Loop.Unseat(next.Seat);
    }

    [Fact]
    public void In_a_storm_of_asks_none_is_left_without_a_verdict()
    {
        using TestMount mount = TestMount.Tmpfs();
        string file = mount.Write("file", "x");
        using Guard guard = new(mount, Guard.Both(Fallback.Closed, 20_000));
        ScriptedSensor first = guard.Seat("sensor", _ => Said.Allow);
        using ScriptedSensor second = new("sensor", AskKinds.Exec | AskKinds.Open, _ => Said.Allow);
        using Shadow beside = new();
        using Hand hand = Hand.Start("repeat", file, "4000");

        (ScriptedSensor leaves, ScriptedSensor enters) = (first, second);
        int changes = 0;
        for (; changes < 50; changes++)
        {
            int asked = leaves.Asked.Count;
            guard.Await(() => leaves.Asked.Count > asked || guard.Counters[Answer.Allowed] >= 4_000, "it goes on");
            beside.Release();
            guard.Loop.Relieve(leaves.Seat, enters.Seat);
            beside.Seat(leaves.Seat);
            (leaves, enters) = (enters, leaves);
        }

        Assert.Equal("4000 allowed, 0 refused, 0 other", hand.Finish());
        guard.Settle();
        Assert.Equal(4_000, guard.Counters[Answer.Allowed]);
        Assert.Equal((0, 0), (guard.Counters[Answer.Overdue], guard.Counters[Answer.Away]));
        Assert.True(second.Asked.Count > 0 && first.Asked.Count > 0, "both had their turn");
        beside.Release();
        guard.Loop.Unseat(leaves.Seat);
    }

    [Fact]
    public void A_shadow_is_asked_and_its_verdict_goes_nowhere_else()
    {
        using ScriptedSensor sensor = new("shadow", AskKinds.Open, seen => seen.Path == "/silent" ? null : Said.Deny);
        using Shadow shadow = new();
        Ends ends = new();
        shadow.Listen(ends);
        Assert.Equal(ShadowSend.NotTaken, Ask(shadow, 1, "/early", 10_000));
        shadow.Seat(sensor.Seat);

        Assert.Equal(ShadowSend.Sent, Ask(shadow, 2, "/file", 60_000));
        ends.Await(1);
        Assert.Equal(ShadowSend.Sent, Ask(shadow, 3, "/silent", 50));
        ends.Await(2);
        Assert.Equal(ShadowSend.Sent, Ask(shadow, 4, "/silent", 60_000));
        shadow.Release();
        ends.Await(3);
        Assert.Equal([(2UL, Verdict.Deny), (3UL, Verdict.None), (4UL, Verdict.None)], ends.Heard);
        Assert.Equal((3, 1, 1), (sensor.Seat.Counters.Asked, sensor.Seat.Counters.Denied, sensor.Seat.Counters.MissedDeadlines));

        // The control: a ticket that the host's own asks could have is refused.
        Assert.Throws<ArgumentException>(() => shadow.TryAsk(7, EventClass.Open, default, 0, -1));
        Assert.All(Enumerable.Range(0, 100_000), i => Assert.True(Shadow.IsTicket(Shadow.Ticket((ulong)i * 0x1_0001))));
    }

    private static ShadowSend Ask(Shadow shadow, ulong number, string path, int milliseconds)
    {
        long deadline = MonotonicClock.NowNs + (milliseconds * 1_000_000L);
        AskMessage ask = new()
        {
            Ticket = Shadow.Ticket(number),
            Class = EventClass.Open,
            Deadline = (ulong)deadline,
            Path = Encoding.UTF8.GetBytes(path),
            Process = new ProcessView { Pid = 1 },
        };
        byte[] message = new byte[AskMessage.MaxBytes];
        return shadow.TryAsk(Shadow.Ticket(number), EventClass.Open, message.AsSpan(0, ask.Write(message)), deadline, -1);
    }

    private sealed class Charges : IReviewer
    {
        public ConcurrentQueue<FindingSource?> Charged { get; } = new();

        public DescriptorWish Wish => DescriptorWish.None;

        public void Review(in ReviewedAsk ask) => Charged.Enqueue(ask.DecidedBy);
    }

    private sealed class Ends : IShadowListener
    {
        private readonly BlockingCollection<(ulong, Verdict)> _heard = [];

        public IEnumerable<(ulong, Verdict)> Heard => _heard;

        public void Ended(ulong ticket, Verdict verdict, ReadOnlySpan<byte> reason, long tookNs) => _heard.Add((ticket & 0x7FFF_FFFF, verdict));

        public void Await(int count) => Assert.True(SpinWait.SpinUntil(() => _heard.Count >= count, TimeSpan.FromSeconds(60)), $"{_heard.Count} of {count} heard");
    }
}

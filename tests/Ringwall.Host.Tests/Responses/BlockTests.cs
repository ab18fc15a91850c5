using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Responses;
using Ringwall.Host.Tests.Asks;
using Ringwall.Kernel.Files;
using Guard = Ringwall.Host.Tests.Asks.Guard;

namespace Ringwall.Host.Tests.Responses;

/// <summary>Bytes that nobody may open or execute, on the real kernel.</summary>
[Collection("kernel")]
public sealed class BlockTests
{
    private const string Denied = "error 1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocked_bytes_are_denied_wherever_they_are_until_it_is_lifted(bool withSensor)
    {
        using TestMount mount = TestMount.Tmpfs();
        string bad = mount.Write("bad", "bad bytes"), copy = mount.Write("copy", "bad bytes"), sameSize = mount.Write("same-size", "fine byte"), other = mount.Write("other", "quite other");
        using Guard guard = new(mount);
        if (withSensor)
        {
            guard.Seat("one", _ => Said.AllowCacheable);
        }

        using CheckThread checks = Checks(guard);
        string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
        using (DeskAtWork at = new(home, context => Blocking(context, guard)))
        {
            foreach (string file in (string[])[bad, copy, sameSize, other])
            {
                Assert.Equal("ok", Hand.Do("open", file));       // remembered, by the kernel perhaps
            }

            Assert.Equal(ResponseOutcome.Done, at.Send(Request(bad)).Outcome);
            Assert.Equal(Denied, Hand.Do("open", bad));
            Assert.Equal(Denied, Hand.Do("open", copy));
            Assert.Equal(Denied, Hand.Do("open", copy));
            Assert.Equal("ok", Hand.Do("open", sameSize));
            Assert.Equal("ok", Hand.Do("open", sameSize));
            Assert.Equal("ok", Hand.Do("open", other));
            Assert.Equal(Denied, Hand.Do("open", mount.Write("later", "bad bytes")));

            // Other bytes at the same place are other bytes.
            Assert.Equal("ok", Hand.Do("open", mount.Write("copy", "now other")));
        }

        // The next host knows it.
        guard.Context.Blocks.Replace([]);
        guard.Loop.DropAllNow();
        Assert.Equal("ok", Hand.Do("open", bad));
        using (DeskAtWork at = new(home, context => Blocking(context, guard)))
        {
            _ = at.Desk.Undo(new UndoOrder { Id = -1 });     // waits until it has settled
            Assert.Equal(Denied, Hand.Do("open", bad));
            Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
            Assert.Equal("ok", Hand.Do("open", bad));
            Assert.Equal("ok", Hand.Do("open", mount["later"]));
        }

        guard.Await(() => guard.Loop.InFlight == 0, "nothing is left over");
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public void An_operators_word_and_the_protected_set_go_before_a_block()
    {
        using TestMount mount = TestMount.Tmpfs();
        string bad = mount.Write("bad", "bad bytes"), allowed = mount.Write("allowed", "bad bytes"), needed = mount.Write("needed", "bad bytes");
        ProtectedSet set = new();
        set.Replace(new ProtectedTable([new ProtectedPlace(needed, IsTree: false, new Protection(ProtectionKind.Operator, "the machine needs it"))], []));
        using Guard guard = new(mount, set: set);
        using CheckThread checks = Checks(guard);
        Assert.True(OpenFile.TryStat(allowed, out FileState state));
        guard.Context.Overrides.Replace([state.Identity]);
        using DeskAtWork at = new(change: context => Blocking(context, guard) with { Protected = set });
        Assert.Equal((ResponseOutcome.Refused, "protected"), QuarantineTests.Became(at.Send(Request(needed))));
        Assert.Equal(ResponseOutcome.Done, at.Send(Request(bad)).Outcome);
        Assert.Equal(Denied, Hand.Do("open", bad));
        Assert.Equal("ok", Hand.Do("open", allowed));
        Assert.Equal("ok", Hand.Do("open", needed));
        guard.Await(() => guard.Loop.InFlight == 0, "nothing is left over");
    }

    [Fact]
    public void Nobody_waits_longer_than_the_deadline_for_a_look_and_what_it_finds_counts_from_then_on()
    {
        using TestMount mount = TestMount.Tmpfs();
        string bad = mount.Write("bad", "bad bytes"), copy = mount.Write("copy", "bad bytes");
        using Guard guard = new(mount, Guard.Both(Fallback.Open, 50));
        using DeskAtWork at = new(change: context => Blocking(context, guard));
        Assert.Equal(ResponseOutcome.Done, at.Send(Request(bad)).Outcome);
        Assert.Equal("ok", Hand.Do("open", copy));      // nobody looks yet: the deadline answers
        using CheckThread checks = Checks(guard);
        guard.Await(() => Hand.Do("open", copy) == Denied, "what was found counts");
        guard.Await(() => guard.Loop.InFlight == 0, "nothing is left over");
    }

    [Fact]
    public void A_block_costs_the_answering_thread_no_allocation()
    {
        using TestMount mount = TestMount.Tmpfs();
        string bad = mount.Write("bad", "bad bytes"), copy = mount.Write("copy", "bad bytes"), sameSize = mount.Write("same-size", "fine byte");
        using Guard guard = new(mount);
        using CheckThread checks = Checks(guard);
        using DeskAtWork at = new(change: context => Blocking(context, guard));
        Assert.Equal(ResponseOutcome.Done, at.Send(Request(bad)).Outcome);
        void Round()
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(Denied, Hand.Do("open", bad));
                Assert.Equal(Denied, Hand.Do("open", copy));
                Assert.Equal("ok", Hand.Do("open", sameSize));
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

        Assert.Equal(0, spent);
    }

    private static ResponseContext Blocking(ResponseContext context, Guard guard) => context with
    {
        Blocked = blocked =>
        {
            guard.Context.Blocks.Replace(blocked);
            guard.Loop.DropAllNow();
        },
    };

    private static RequestMessage Request(string path)
    {
        Assert.True(OpenFile.TryStat(path, out FileState state));
        return QuarantineTests.Request(path, state) with { Kind = ResponseKind.Block, Reason = Encoding.UTF8.GetString("bad"u8) };
    }

    private static CheckThread Checks(Guard guard)
    {
        CheckThread checks = new(guard.Context.Protected.Checks, guard.Context.Protected.Packages, guard.Context.Blocks, guard.Loop.HearChecked);
        checks.Start();
        return checks;
    }
}

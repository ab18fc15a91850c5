using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Review;
using Ringwall.Host.Supervision;
using static Ringwall.Host.Decide.AskCounters;

namespace Ringwall.Host.Tests.Asks;

/// <summary>What a generation that denies too much can still do, on the real kernel.</summary>
[Collection("kernel")]
public sealed class SpentBudgetTests
{
    [Fact]
    public void A_generation_that_denies_too_much_loses_its_say_and_an_operator_gives_it_back()
    {
        using TestMount mount = TestMount.Tmpfs();
        string[] files = [.. Enumerable.Range(0, 6).Select(i => mount.Write($"{i}", "x"))];
        using DenyBudgets budgets = new(new BudgetConfiguration { DeniesPerMinute = 3 });
        using Guard guard = new(mount);
        ScriptedSensor flooding = guard.Seat("flooding", _ => Said.Deny, budget: budgets.Of("flooding", 1));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("error 1", Hand.Do("open", files[i]));     // the control: denials count
            Assert.Equal("error 1", Hand.Do("open", files[i]));
        }

        Assert.Equal("ok", Hand.Do("open", files[3]));
        Assert.All(files, file => Assert.Equal("ok", Hand.Do("open", file)));
        Assert.Equal(7, flooding.Seat.Counters.Advisory);
        Assert.True(flooding.Seat.Budget!.Tripped);

        budgets.Clear("flooding");
        Assert.Equal("error 1", Hand.Do("open", files[0]));
    }

    [Fact]
    public void Others_are_not_charged_for_it()
    {
        using TestMount mount = TestMount.Tmpfs();
        string[] files = [.. Enumerable.Range(0, 6).Select(i => mount.Write($"{i}", "x"))];
        string bad = mount.Write("bad", "evil");
        using DenyBudgets budgets = new(new BudgetConfiguration { DeniesPerMinute = 3 });
        using Guard guard = new(mount);
        guard.Seat("flooding", _ => Said.Deny, budget: budgets.Of("flooding", 1));
        guard.Seat("sober", seen => seen.Head == "evil" ? Said.Deny : Said.Allow, budget: budgets.Of("sober", 1));
        foreach (string file in files)
        {
            _ = Hand.Do("open", file);
        }

        Assert.True(budgets.Of("flooding", 1).Tripped);
        Assert.False(budgets.Of("sober", 1).Tripped);
        Assert.Equal("ok", Hand.Do("open", files[0]));
        Assert.Equal("error 1", Hand.Do("open", bad));
    }

    [Fact]
    public void What_it_had_denied_and_is_remembered_counts_no_more_either()
    {
        using TestMount mount = TestMount.Tmpfs();
        string[] files = [.. Enumerable.Range(0, 4).Select(i => mount.Write($"{i}", "x"))];
        using DenyBudgets budgets = new(new BudgetConfiguration { DeniesPerMinute = 3 });
        using Guard guard = new(mount);
        guard.Seat("flooding", _ => new Said(Verdict.Deny, Cacheable: true), budget: budgets.Of("flooding", 1));
        Assert.Equal("error 1", Hand.Do("open", files[0]));
        Assert.Equal("error 1", Hand.Do("open", files[0]));
        Assert.Equal(1, guard.Counters[Answer.Remembered]);     // the control

        Assert.Equal("error 1", Hand.Do("open", files[1]));
        Assert.Equal("error 1", Hand.Do("open", files[2]));
        Assert.Equal("ok", Hand.Do("open", files[3]));
        Assert.Equal("ok", Hand.Do("open", files[0]));
    }

    [Fact]
    public void Denials_of_protected_files_count_though_they_are_not_applied()
    {
        using TestMount mount = TestMount.Tmpfs();
        PackageRoot root = new(mount.Point);
        string[] files = [.. Enumerable.Range(0, 4).Select(i => root.Write($"usr/bin/{i}", "x"))];
        string other = mount.Write("other", "x");
        root.Owns("tools", [.. Enumerable.Range(0, 4).Select(i => ($"usr/bin/{i}", "x"))]);
        root.Set.Packages.Refresh();
        using DenyBudgets budgets = new(new BudgetConfiguration());
        using Guard guard = new(mount, set: root.Set);
        using CheckThread checks = new(root.Set.Checks, root.Set.Packages, guard.Context.Blocks, guard.Loop.HearChecked);
        checks.Start();
        guard.Seat("erring", _ => Said.Deny, budget: budgets.Of("erring", 1));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ok", Hand.Do("open", files[i]));
        }

        Assert.Equal("error 1", Hand.Do("open", other));
        Assert.Equal("ok", Hand.Do("open", files[3]));
        Assert.Equal("it wanted to deny more than 3 protected files within an hour", budgets.Of("erring", 1).Why);
        Assert.Equal("ok", Hand.Do("open", other));
    }

    [Fact]
    public void The_generation_that_stands_by_is_asked_about_each_denial()
    {
        using TestMount mount = TestMount.Tmpfs();
        string[] known = [.. Enumerable.Range(0, 5).Select(i => mount.Write($"{i}", "evil"))];
        string[] fresh = [.. Enumerable.Range(5, 5).Select(i => mount.Write($"{i}", "good"))];
        using DenyBudgets budgets = new(new BudgetConfiguration { NewDeniesPerHour = 3, DeniesPerMinute = 3 });
        using Guard guard = new(mount);
        FakeFallback before = new((_, head) => head == "evil" ? Verdict.Deny : Verdict.Allow);
        using ReviewThread review = guard.Review();
        review.Add(new DenialComparison(budgets, name => name == "erring" ? before : null));
        DenyBudget budget = budgets.Of("erring", 1);
        guard.Seat("erring", _ => Said.Deny, budget: budget);

        // That it is compared shows with the first denial.
        Assert.Equal("error 1", Hand.Do("open", known[0]));
        guard.Await(() => budget.Agreed == 1 && budget.Compares, "the one before is asked");
        Assert.All(known, file => Assert.Equal("error 1", Hand.Do("open", file)));
        guard.Await(() => budget.Agreed == 6, "it agrees");
        Assert.False(budget.Tripped);

        Assert.All(fresh[..3], file => Assert.Equal("error 1", Hand.Do("open", file)));
        guard.Await(() => before.Asked == 9, "it is asked");
        Assert.False(budget.Tripped);
        Assert.Equal("error 1", Hand.Do("open", fresh[3]));
        guard.Await(() => budget.Tripped, "what is new was too much");
        Assert.Equal("ok", Hand.Do("open", fresh[4]));
    }

    [Fact]
    public void One_protected_file_that_the_generation_before_would_allow_is_enough_and_one_that_it_denies_too_is_not()
    {
        using TestMount mount = TestMount.Tmpfs();
        string scanner = mount.Write("scanner", "evil"), library = mount.Write("library", "good");
        ProtectedSet set = new();
        Protection why = new(ProtectionKind.Operator, "the machine needs it");
        set.Replace(new ProtectedTable([new ProtectedPlace(scanner, IsTree: false, why), new ProtectedPlace(library, IsTree: false, why)], []));
        using DenyBudgets budgets = new(new BudgetConfiguration());
        using Guard guard = new(mount, set: set);
        FakeFallback before = new((_, head) => head == "evil" ? Verdict.Deny : Verdict.Allow);
        using ReviewThread review = guard.Review();
        review.Add(new DenialComparison(budgets, _ => before));
        DenyBudget budget = budgets.Of("erring", 1);
        guard.Seat("erring", _ => Said.Deny, budget: budget);

        Assert.Equal("ok", Hand.Do("open", scanner));
        guard.Await(() => budget.Agreed == 1, "the one before is asked");
        Assert.False(budget.Tripped);
        Assert.Equal("ok", Hand.Do("open", library));
        guard.Await(() => budget.Tripped, "one is enough");
        Assert.Equal("it wanted to deny a protected file that the generation before would have allowed", budget.Why);
    }

    private sealed class FakeFallback(Func<string, string, Verdict> judge) : IShadow
    {
        private IShadowListener? _listener;
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public ShadowState State => ShadowState.AtWork;

        public TimeSpan? StartedIn => TimeSpan.Zero;

        public AskKinds Asks => AskKinds.Open;

        public TellKinds Tells => TellKinds.None;

        public IReadOnlyList<Strike> Strikes => [];

        public GenerationUse Use() => default;

        public void Listen(IShadowListener? listener) => _listener = listener;

        public ShadowSend TryAsk(ulong ticket, ReadOnlySpan<byte> message, long deadlineNs, int descriptor)
        {
            Assert.True(Shadow.IsTicket(ticket) && AskMessage.TryRead(message, out AskMessage ask) && ask.Ticket == ticket && ask.Inode != 0 && ask.Path.Length > 0);
            byte[] head = new byte[4];
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = new(descriptor, ownsHandle: false);
            int read = RandomAccess.Read(file, head, 0);
            _listener!.Ended(ticket, judge("", System.Text.Encoding.UTF8.GetString(head, 0, read)), [], 1);
            Interlocked.Increment(ref _asked);
            return ShadowSend.Sent;
        }

        public ShadowSend TryTell(ReadOnlySpan<byte> message, int events) => ShadowSend.NotTaken;
    }
}

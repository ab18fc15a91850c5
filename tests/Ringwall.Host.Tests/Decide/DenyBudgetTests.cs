using Ringwall.Host.Configuration;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Intake.Tells;

namespace Ringwall.Host.Tests.Decide;

/// <summary>When a generation has denied too much, by a clock of the test's own.</summary>
public sealed class DenyBudgetTests
{
    private static readonly FileKey Shell = new(1, 1);
    private readonly DenyBudget _budget;
    private long _now;
    private int _trips;

    public DenyBudgetTests() => _budget = new DenyBudget(new BudgetConfiguration(), () => _trips++);

    [Fact]
    public void An_outbreak_that_one_program_meets_with_does_not_trip()
    {
        // A kit of 60 files is unpacked and found again and again; an hour later a mail store with 200 bad attachments is gone through.
        for (int round = 0; round < 20; round++)
        {
            Deny(from: 0, count: 60, perSecond: 10);
        }

        Pass(TimeSpan.FromHours(1));
        Deny(from: 1000, count: 200, perSecond: 1);
        Assert.False(_budget.Tripped);
        Assert.Null(_budget.Why);
    }

    [Fact]
    public void A_flood_trips_within_a_minute_and_once()
    {
        Deny(from: 0, count: 100, perSecond: 50);
        Assert.False(_budget.Tripped);
        Deny(from: 100, count: 50, perSecond: 50);
        Assert.True(_budget.Tripped);
        Assert.Equal("it denied more than 100 files within a minute", _budget.Why);
        Assert.Equal(1, _trips);
    }

    [Fact]
    public void What_is_too_slow_for_the_minute_is_caught_by_the_hour()
    {
        Deny(from: 0, count: 400, perSecond: 0.5);
        Assert.False(_budget.Tripped);
        Deny(from: 400, count: 1, perSecond: 0.5);
        Assert.Equal("it denied more than 400 files within an hour", _budget.Why);
    }

    [Fact]
    public void Requests_against_protected_files_are_counted_too()
    {
        for (ulong file = 0; file < 3; file++)
        {
            _budget.RequestedAgainst(new FileKey(1, file), _now);
            _budget.RequestedAgainst(new FileKey(1, file), _now);
        }

        Assert.False(_budget.Tripped);
        _budget.RequestedAgainst(new FileKey(1, 3), _now);
        Assert.Equal("it requested something against more than 3 protected files within an hour", _budget.Why);

        // The control: where protected files are not counted, neither of these is.
        DenyBudget unbounded = new(new BudgetConfiguration { ProtectedPerHour = 0 }, () => Assert.Fail("nothing is too much"));
        for (ulong file = 0; file < 100; file++)
        {
            unbounded.RequestedAgainst(new FileKey(1, file), _now);
        }

        unbounded.OtherWouldHave(denied: false, new FileKey(1, 1), _now, isProtected: true);
    }

    [Fact]
    public void What_is_old_counts_no_more()
    {
        for (int hour = 0; hour < 5; hour++)
        {
            Deny(from: hour * 1000, count: 350, perSecond: 1);
            Pass(TimeSpan.FromHours(1));
        }

        Assert.False(_budget.Tripped);
        Assert.Equal(0, _budget.LastHour(_now).Files);
    }

    [Fact]
    public void Many_programs_that_are_refused_something_trip_even_if_it_is_one_file()
    {
        for (ulong program = 0; program < 20; program++)
        {
            _budget.Denied(Shell, new FileKey(2, program), _now, isProtected: false);
        }

        Assert.False(_budget.Tripped);
        _budget.Denied(Shell, new FileKey(2, 20), _now, isProtected: false);
        Assert.Equal("it denied something to more than 20 programs within a minute", _budget.Why);
    }

    [Fact]
    public void Few_denials_of_protected_files_are_too_many()
    {
        for (int again = 0; again < 1000; again++)
        {
            for (ulong file = 0; file < 3; file++)
            {
                _budget.Denied(new FileKey(3, file), null, _now, isProtected: true);
            }
        }

        Assert.False(_budget.Tripped);
        _budget.Denied(new FileKey(3, 4), null, _now, isProtected: true);
        Assert.Equal("it wanted to deny more than 3 protected files within an hour", _budget.Why);
    }

    [Fact]
    public void With_the_generation_before_to_compare_with_only_what_is_new_counts()
    {
        _budget.Compares = true;
        for (ulong file = 0; file < 1000; file++)
        {
            _budget.Denied(new FileKey(4, file), null, _now, isProtected: false);
            _budget.OtherWouldHave(denied: true, new FileKey(4, file), _now);
        }

        Assert.False(_budget.Tripped);
        Assert.Equal(1000, _budget.Agreed);

        for (ulong file = 0; file < 21; file++)
        {
            Assert.False(_budget.Tripped);
            _budget.OtherWouldHave(denied: false, new FileKey(5, file), _now);
        }

        Assert.Equal("within an hour it denied more than 20 files that the generation before would have allowed", _budget.Why);
    }

    [Fact]
    public void What_grows_slowly_below_every_hour_is_caught_by_the_day()
    {
        _budget.Compares = true;
        for (ulong file = 0; file < 50; file++)
        {
            _budget.OtherWouldHave(denied: false, new FileKey(5, file), _now);
            Pass(TimeSpan.FromMinutes(20));
        }

        Assert.False(_budget.Tripped);
        _budget.OtherWouldHave(denied: false, new FileKey(5, 50), _now);
        Assert.Equal("within a day it denied more than 50 files that the generation before would have allowed", _budget.Why);
    }

    [Fact]
    public void Agreement_is_no_excuse_without_end()
    {
        _budget.Compares = true;
        Deny(from: 0, count: 4000, perSecond: 100);
        Assert.False(_budget.Tripped);
        Deny(from: 4000, count: 1, perSecond: 100);
        Assert.True(_budget.Tripped);
    }

    [Fact]
    public void An_operator_lets_it_begin_anew()
    {
        Deny(from: 0, count: 150, perSecond: 50);
        Assert.True(_budget.Tripped);
        _budget.Clear();
        Assert.False(_budget.Tripped);
        Deny(from: 0, count: 100, perSecond: 50);
        Assert.False(_budget.Tripped);
        Deny(from: 100, count: 50, perSecond: 50);
        Assert.True(_budget.Tripped);
        Assert.Equal(2, _trips);
    }

    [Fact]
    public void Zero_is_without_limit()
    {
        DenyBudget unbounded = new(BudgetConfiguration.None, () => Assert.Fail("it tripped"));
        for (ulong file = 0; file < 20_000; file++)
        {
            unbounded.Denied(new FileKey(1, file), new FileKey(2, file), _now, isProtected: true);
            unbounded.OtherWouldHave(denied: false, new FileKey(1, file), _now);
        }

        Assert.False(unbounded.Tripped);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        Deny(from: 0, count: 10, perSecond: 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Deny(from: 0, count: 350, perSecond: 1);
        long spent = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, spent);
    }

    [Fact]
    public void The_thread_of_the_budgets_tells_who_has_tripped()
    {
        using DenyBudgets budgets = new(new BudgetConfiguration { DeniesPerMinute = 1 });
        using ManualResetEventSlim told = new();
        (string Sensor, long Generation, string Why) heard = default;
        budgets.Tripped = (sensor, generation, why) =>
        {
            heard = (sensor, generation, why);
            told.Set();
        };
        budgets.Start();
        DenyBudget one = budgets.Of("yara", 3);
        Assert.Same(one, budgets.Of("yara", 3));
        Assert.NotSame(one, budgets.Of("yara", 4));
        one.Denied(new FileKey(1, 1), null, 1, isProtected: false);
        one.Denied(new FileKey(1, 2), null, 1, isProtected: false);
        Assert.True(told.Wait(TimeSpan.FromSeconds(20)), "nobody was told");
        Assert.Equal(("yara", 3, "it denied more than 1 files within a minute"), heard);

        budgets.Clear("sigma");
        Assert.True(one.Tripped);
        budgets.Clear("yara");
        Assert.False(one.Tripped);
    }

    private void Deny(int from, int count, double perSecond)
    {
        for (int i = from; i < from + count; i++)
        {
            _budget.Denied(new FileKey(1, (ulong)i), new FileKey(2, 1), _now, isProtected: false);
            _now += (long)(1e9 / perSecond);
        }
    }

    private void Pass(TimeSpan time) => _now += time.Ticks * 100;
}

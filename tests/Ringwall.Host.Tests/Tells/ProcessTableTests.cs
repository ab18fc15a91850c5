using Ringwall.Host.Intake.Tells;

namespace Ringwall.Host.Tests.Tells;

public sealed class ProcessTableTests
{
    [Fact]
    public void A_key_is_the_same_from_the_kernels_clock_and_from_proc()
    {
        Assert.Equal(ProcessKey.FromTicks(7, 1234), ProcessKey.FromBootTime(7, 12_349_999_999));
        Assert.NotEqual(ProcessKey.FromTicks(7, 1235), ProcessKey.FromBootTime(7, 12_349_999_999));
        Assert.NotEqual(ProcessKey.FromTicks(8, 1234), ProcessKey.FromBootTime(7, 12_349_999_999));
    }

    [Fact]
    public void A_number_that_is_used_again_is_another_process()
    {
        ProcessTable table = new();
        ProcessKey first = ProcessKey.FromTicks(7, 1);
        ProcessKey second = ProcessKey.FromTicks(7, 2);
        table.Put(Entry(first));
        Assert.True(table.End(first, 0));
        table.Put(Entry(second));

        Assert.False(table.TryGet(first, out _));
        Assert.True(table.TryGet(7, out ProcessEntry? found));
        Assert.Equal(second, found.Key);
        Assert.False(table.End(first, 0));
        Assert.Equal(1, table.Living);
    }

    [Fact]
    public void A_process_that_ended_can_be_looked_up_for_a_while_and_ends_once()
    {
        ProcessTable table = new(TimeSpan.FromSeconds(5));
        ProcessKey key = ProcessKey.FromTicks(7, 1);
        table.Put(Entry(key));
        Assert.True(table.End(key, 1_000));
        Assert.False(table.End(key, 1_001));
        table.Sweep(5_999);
        Assert.True(table.TryGet(key, out ProcessEntry? ended));
        Assert.True(ended.HasEnded);
        table.Sweep(6_001);
        Assert.False(table.TryGet(7, out _));
        Assert.Equal(0, table.Living);
    }

    [Fact]
    public void An_execution_takes_the_place_of_what_ran_before()
    {
        ProcessTable table = new();
        ProcessKey key = ProcessKey.FromTicks(7, 1);
        ProcessEntry before = Entry(key);
        table.Put(before);
        ProcessEntry after = Entry(key, "/bin/new");
        table.Put(after);

        Assert.True(before.HasEnded);
        Assert.False(after.HasEnded);
        Assert.Equal(1, table.Living);
        Assert.True(table.TryGet(key, out ProcessEntry? found));
        Assert.Same(after, found);
    }

    // Each child's parent ends at once: a chain that would grow for ever.
    [Fact]
    public void Processes_that_fork_and_end_for_ever_do_not_grow_the_table_for_ever()
    {
        ProcessTable table = new();
        ProcessEntry last = Entry(ProcessKey.FromTicks(1, 1));
        WeakReference<ProcessEntry> first = new(last);
        table.Put(last);
        for (int i = 2; i < 30_000; i++)
        {
            ProcessEntry child = Entry(ProcessKey.FromTicks(i, (ulong)i), parent: last);
            table.Put(child);
            table.End(last.Key, i);
            last = child;
        }

        int length = 0;
        for (ProcessEntry? at = last.Parent; at is not null; at = at.Parent)
        {
            length++;
        }

        Assert.InRange(length, ProcessTable.AncestorsAtMost - 1, ProcessTable.AncestorsAtMost + 1);
        Assert.Equal(1, table.Living);
        table.Sweep(long.MaxValue);
        Assert.Single(table.Snapshot());
        GC.KeepAlive(first);
    }

    [Fact]
    public void A_table_that_is_full_refuses_and_counts()
    {
        ProcessTable table = new();
        for (int i = 1; i <= ProcessTable.LivingAtMost; i++)
        {
            Assert.True(table.Put(Entry(ProcessKey.FromTicks(i, 1))));
        }

        Assert.False(table.Put(Entry(ProcessKey.FromTicks(ProcessTable.LivingAtMost + 1, 1))));
        Assert.True(table.Put(Entry(ProcessKey.FromTicks(1, 1), "/bin/new")));
        Assert.Equal(1, table.Refused);
        Assert.Equal(ProcessTable.LivingAtMost, table.Living);
    }

    private static ProcessEntry Entry(ProcessKey key, string executable = "/bin/x", ProcessEntry? parent = null) => new()
    {
        Key = key,
        ParentKey = parent?.Key ?? default,
        Parent = parent,
        Executable = TestMachine.Bytes(executable),
        WorkingDirectory = [],
        ArgumentBlock = [],
        User = 0,
        Group = 0,
    };
}

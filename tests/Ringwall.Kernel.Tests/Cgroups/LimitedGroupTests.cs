using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Processes;

namespace Ringwall.Kernel.Tests.Cgroups;

/// <summary>Groups on the real kernel, of whichever version it has.</summary>
public sealed class LimitedGroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int _count;

    public LimitedGroupTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: control groups");

    [Fact]
    public void A_process_in_a_group_is_held_to_its_limits_and_the_group_goes_when_it_has_ended()
    {
        CgroupPlaces places = CgroupPlaces.Find();
        Assert.SkipUnless(places.TryGet(Controller.Tasks, out _), "needs the pids controller");
        string name = $"probe-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        LimitedGroup group = LimitedGroup.Create(places, name);

        // Waits for the word, then tries to have twenty children at once. Those that it cannot have are told by its exit code.
        using System.IO.Pipes.AnonymousPipeServerStream go = new(System.IO.Pipes.PipeDirection.Out);
        using ChildProcess child = Spawn.Start(new SpawnRequest
        {
            Path = "/bin/bash",
            Arguments = ["bash", "-c", "read go; for i in {1..20}; do sleep 300 & done 2>/dev/null; exit 3"],
            Descriptors = new Dictionary<int, System.Runtime.InteropServices.SafeHandle> { [0] = go.ClientSafePipeHandle },
            OwnPidNamespace = true,
        });
        go.DisposeLocalCopyOfClientHandle();
        try
        {
            group.Limit(new GroupLimits(64 * 1024 * 1024, 8, 100));
            group.Add(child.Pid);
            go.Write("go\n"u8);
            go.Flush();
            Assert.True(Wait(() => group.Use().Tasks == 8 || child.TryWait(TimeSpan.Zero, out _)), $"{group.Use()}");
            Assert.True(Directories(places, name).Length > 0);
        }
        finally
        {
            // As number 1 of its pid namespace it takes its children along.
            child.TryKill();
            Assert.True(child.TryWait(Patience, out _));
            Assert.True(group.TryRemove());
        }

        Assert.Empty(Directories(places, name));
    }

    [Fact]
    public void Groups_of_dead_runs_are_removed_with_what_runs_in_them_and_those_of_living_ones_stay()
    {
        CgroupPlaces places = CgroupPlaces.Find();
        Assert.SkipUnless(places.All.Count > 0, "needs control groups");
        string name = $"probe-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        LimitedGroup living = LimitedGroup.Create(places, name);

        // Our own number, but a start that was never ours: whoever had it is dead.
        string dead = Path.Combine(places.All[0].Directory, $"ringwall.{Environment.ProcessId}.1.{name}-dead");
        string strange = Path.Combine(places.All[0].Directory, $"ringwall.not-ours.{name}");
        Directory.CreateDirectory(strange);
        try
        {
            // A host that starts or ends beside this test does the same, and may be there first.
            Assert.True(Enumerable.Range(0, 10).Any(_ => TryRemoveDead(places, dead)), "it was never found");
            Assert.False(Directory.Exists(dead));
            Assert.True(Directory.Exists(strange));
            Assert.NotEmpty(Directories(places, name));
        }
        finally
        {
            Directory.Delete(strange);
            Assert.True(living.TryRemove());
        }
    }

    // Makes a group of a dead run with a process in it. Whether this call was the one that removed it; either way what ran in it is killed.
    private static bool TryRemoveDead(CgroupPlaces places, string dead)
    {
        Directory.CreateDirectory(dead);
        using ChildProcess orphan = Spawn.Start(new SpawnRequest { Path = "/bin/sleep", Arguments = ["sleep", "300"] });
        try
        {
            File.WriteAllText(Path.Combine(dead, "cgroup.procs"), $"{orphan.Pid}");
            bool removed = LimitedGroup.RemoveLeftBehind(places).Contains(dead);
            Assert.True(orphan.TryWait(Patience, out ExitStatus status));
            Assert.Equal(Signals.Kill, status.Signal);
            return removed;
        }
        catch (IOException) when (!Directory.Exists(dead))
        {
            return false;
        }
        finally
        {
            orphan.TryKill();
            orphan.TryWait(Patience, out _);
        }
    }

    private static string[] Directories(CgroupPlaces places, string name) =>
        [.. places.Directories().SelectMany(d => Directory.GetDirectories(d, $"ringwall.*.{name}"))];

    private static bool Wait(Func<bool> condition)
    {
        for (long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Environment.TickCount64 < until; Thread.Sleep(10))
        {
            if (condition())
            {
                return true;
            }
        }

        return false;
    }
}

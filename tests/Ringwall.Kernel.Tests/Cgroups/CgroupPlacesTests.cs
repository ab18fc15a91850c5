using Ringwall.Kernel.Cgroups;

namespace Ringwall.Kernel.Tests.Cgroups;

/// <summary>Where groups may be made, on trees of files that look like those of the kernel.</summary>
public sealed class CgroupPlacesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ringwall-cgroups-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Version_1_controllers_are_used_below_our_own_group_in_each_hierarchy()
    {
        CgroupPlaces places = CgroupPlaces.Find(
            [
                "30 25 0:26 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory",
                "31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct",
                "32 25 0:28 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd",
                "33 25 0:29 / /proc rw,relatime - proc proc rw",
            ],
            ["9:name=systemd:/", "4:memory:/a/b", "1:cpu,cpuacct:/"]);
        Assert.Equal(
            [
                new ControllerPlace(Controller.Memory, IsUnified: false, "/sys/fs/cgroup/memory/a/b"),
                new ControllerPlace(Controller.Cpu, IsUnified: false, "/sys/fs/cgroup/cpu,cpuacct"),
                new ControllerPlace(Controller.CpuCount, IsUnified: false, "/sys/fs/cgroup/cpu,cpuacct"),
            ],
            places.All);
        Assert.Equal(2, places.Directories().Count());
    }

    [Fact]
    public void A_part_of_a_hierarchy_that_is_mounted_is_looked_at_from_there()
    {
        CgroupPlaces places = CgroupPlaces.Find(
            ["30 25 0:26 /docker/1 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"], ["4:memory:/docker/1/inner"]);
        Assert.Equal("/sys/fs/cgroup/memory/inner", places.All[0].Directory);

        // Our own group is outside of what is mounted: nothing of it can be used.
        Assert.Empty(CgroupPlaces.Find(["30 25 0:26 /docker/2 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"], ["4:memory:/docker/1"]).All);
    }

    [Fact]
    public void Version_2_is_used_in_the_nearest_group_whose_children_have_all_controllers()
    {
        Group("", "cpuset cpu io memory pids", "cpu memory pids");
        Group("system.slice", "cpu memory pids", "memory pids cpu");

        // The service's own group holds processes: the kernel would refuse to switch anything on, which a missing file stands for.
        Directory.CreateDirectory(Path.Combine(_root, "system.slice", "ringwall.service"));
        CgroupPlaces places = Unified("/system.slice/ringwall.service");
        Assert.All(places.All, p => Assert.Equal((true, Path.Combine(_root, "system.slice")), (p.IsUnified, p.Directory)));
        Assert.Equal([Controller.Cpu, Controller.Memory, Controller.Tasks], places.All.Select(p => p.Controller));
    }

    // A plain file takes the place of the kernel's: what was written last is what it says.
    [Fact]
    public void What_was_switched_on_is_switched_off_again_unless_somebody_uses_it()
    {
        Group("", "cpu memory pids", "pids");
        string switches = Path.Combine(_root, "cgroup.subtree_control");
        CgroupPlaces places = Unified("/");
        Assert.Equal("+cpu +memory", File.ReadAllText(switches).TrimEnd());

        string other = Directory.CreateDirectory(Path.Combine(_root, "other")).FullName;
        File.WriteAllText(Path.Combine(other, "memory.max"), "1048576\n");
        File.WriteAllText(Path.Combine(other, "cpu.max"), "max 100000\n");
        File.WriteAllText(switches, "");
        places.SwitchBack();
        Assert.Equal("-cpu", File.ReadAllText(switches));

        // What was on already is not ours to switch off, and once is enough.
        File.WriteAllText(switches, "");
        places.SwitchBack();
        Group("", "cpu memory pids", "cpu memory pids");
        Unified("/").SwitchBack();
        Assert.Equal("cpu memory pids", File.ReadAllText(switches).Trim());
    }

    [Fact]
    public void Version_2_without_these_controllers_has_no_place()
    {
        Group("", "hugetlb", "");
        Assert.Empty(Unified("/").All);
        Assert.Empty(CgroupPlaces.Find([], []).All);
    }

    [Fact]
    public void Both_versions_can_be_there_each_with_its_controllers()
    {
        Group("", "hugetlb pids", "pids");
        CgroupPlaces places = CgroupPlaces.Find(
            ["30 25 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", $"40 25 0:30 / {_root} rw - cgroup2 cgroup2 rw"],
            ["4:memory:/", "0::/"]);
        Assert.True(places.TryGet(Controller.Memory, out ControllerPlace? memory));
        Assert.False(memory.IsUnified);
        Assert.True(places.TryGet(Controller.Tasks, out ControllerPlace? tasks));
        Assert.True(tasks.IsUnified);
        Assert.False(places.TryGet(Controller.Cpu, out _));
    }

    // The files of version 2, as the kernel would have made them in a new group. What is written is looked at afterwards.
    [Fact]
    public void Limits_of_version_2_are_written_as_its_documentation_says()
    {
        Group("", "cpu memory pids", "cpu memory pids");
        LimitedGroup group = LimitedGroup.Create(Unified("/"), "probe");
        string directory = Assert.Single(Directory.GetDirectories(_root, "ringwall.*.probe"));
        foreach (string file in (string[])["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.max", "cgroup.procs"])
        {
            File.WriteAllText(Path.Combine(directory, file), "");
        }

        group.Limit(new GroupLimits(64 * 1024 * 1024, 32, 150));
        group.Add(4242);
        File.WriteAllText(Path.Combine(directory, "memory.current"), "1048576\n");
        File.WriteAllText(Path.Combine(directory, "memory.events"), "low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n");
        File.WriteAllText(Path.Combine(directory, "pids.current"), "7\n");
        File.WriteAllText(Path.Combine(directory, "cpu.stat"), "usage_usec 2500000\nuser_usec 1\nnr_periods 40\nnr_throttled 9\n");

        Assert.Equal(("67108864", "0", "1"), (Said("memory.max"), Said("memory.swap.max"), Said("memory.oom.group")));
        Assert.Equal(("32", "150000 100000", "4242"), (Said("pids.max"), Said("cpu.max"), Said("cgroup.procs")));
        Assert.Equal(new GroupUse(1048576, 3, 7, TimeSpan.FromSeconds(2.5), 40, 9), group.Use());
        Assert.Empty(group.Shortfalls);

        string Said(string file) => File.ReadAllText(Path.Combine(directory, file));
    }

    [Fact]
    public void A_limit_that_cannot_be_set_is_an_error_that_names_it()
    {
        Group("", "memory", "memory");
        LimitedGroup group = LimitedGroup.Create(Unified("/"), "probe");
        KernelException e = Assert.Throws<KernelException>(() => group.Limit(new GroupLimits(1, 1, 1)));
        Assert.Contains("memory.max", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, group.Shortfalls.Count);
    }

    private CgroupPlaces Unified(string own) => CgroupPlaces.Find([$"40 25 0:30 / {_root} rw - cgroup2 cgroup2 rw"], [$"0::{own}"]);

    private void Group(string path, string controllers, string switchedOn)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_root, path)).FullName;
        File.WriteAllText(Path.Combine(directory, "cgroup.controllers"), controllers + "\n");
        File.WriteAllText(Path.Combine(directory, "cgroup.subtree_control"), switchedOn + "\n");
    }
}

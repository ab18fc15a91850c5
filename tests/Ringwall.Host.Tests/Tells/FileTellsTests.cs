using System.Collections.Concurrent;
using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Mounts;
using static Ringwall.Host.Tests.Tells.TestMachine;

namespace Ringwall.Host.Tests.Tells;

/// <summary>On the real kernel, on a tmpfs of each test's own.</summary>
public sealed class FileTellsTests : IDisposable
{
    private readonly TellHub _hub = new();
    private readonly OwnProcesses _own = new();
    private readonly HeardChanges _changes = new();
    private readonly ProcessTable _table = new();
    private readonly TestMount? _mount;
    private readonly Listener _listener;
    private ProcessTells? _processes;

    public FileTellsTests()
    {
        _listener = new Listener(_hub, TellKinds.File);
        Assert.SkipUnless(IsRoot, "needs root");
        _mount = new TestMount();
    }

    private string Folder => _mount!.Path;

    public void Dispose()
    {
        _listener.Dispose();
        _mount?.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_are_told_from_birth_to_death_with_path_and_actor(bool renamesInHalves)
    {
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "needs a kernel that describes its types");
        using TellPrograms programs = TellPrograms.Load(1 << 22, connections: false);
        programs.AttachProcesses();
        using ProcessTells processes = _processes = new ProcessTells(programs, _table, _hub);
        using FileTells tells = Start(renamesInHalves);

        // Everybody in this is gone long before anybody looks.
        int pid = Shell($"cd {Folder}; mkdir sub; echo x > 'a file'; mv 'a file' sub/b; rm sub/b");

        TellEvent created = _listener.WaitFor(e => e.Kind == TellEventKind.FileCreated && e.Path == $"{Folder}/a file");
        _listener.WaitFor(e => e.Kind == TellEventKind.FileWritten && e.Path == $"{Folder}/a file");
        TellEvent renamed = _listener.WaitFor(e => e.Kind == TellEventKind.FileRenamed && e.Path == $"{Folder}/a file");
        Assert.Equal($"{Folder}/sub/b", renamed.NewPath);
        TellEvent deleted = _listener.WaitFor(e => e.Kind == TellEventKind.FileDeleted && e.Path == $"{Folder}/sub/b");
        Assert.Equal((uint)pid, created.Actor!.Pid);
        Assert.EndsWith("/mv", renamed.Actor!.Executable, StringComparison.Ordinal);
        Assert.EndsWith("/rm", deleted.Actor!.Executable, StringComparison.Ordinal);
        Assert.Equal((uint)pid, deleted.Actor.Ancestors[0].Pid);
        Assert.Single(_listener.Heard, e => e.Kind == TellEventKind.FileRenamed);
        Assert.True(created.Sequence < renamed.Sequence && renamed.Sequence < deleted.Sequence);
    }

    [Fact]
    public void The_file_is_named_by_device_and_inode_as_stat_has_them()
    {
        using FileTells tells = Start();
        Shell($"echo x > {Folder}/named");

        TellEvent written = _listener.WaitFor(e => e.Kind == TellEventKind.FileWritten);
        string[] stat = ReadShell($"stat -c '%d %i' {Folder}/named").Split(' ');
        Assert.Equal([stat[0], stat[1]], [$"{written.Device}", $"{written.Inode}"]);
    }

    [Fact]
    public void Below_a_renamed_directory_paths_are_the_new_ones()
    {
        using FileTells tells = Start();
        Shell($"mkdir -p {Folder}/old/deep; echo x > {Folder}/old/deep/first");
        _listener.WaitFor(e => e.Path == $"{Folder}/old/deep/first" && e.Kind == TellEventKind.FileWritten);
        Shell($"mv {Folder}/old {Folder}/new; echo x > {Folder}/new/deep/second");

        _listener.WaitFor(e => e.Kind == TellEventKind.FileRenamed && e.Path == $"{Folder}/old" && e.NewPath == $"{Folder}/new");
        _listener.WaitFor(e => e.Path == $"{Folder}/new/deep/second");
        Assert.True(_changes.DirectoriesRenamed > 0);
    }

    [Fact]
    public void A_deleted_tree_is_told_with_the_paths_that_it_had()
    {
        Shell($"mkdir -p {Folder}/tree/a/b; echo x > {Folder}/tree/a/b/leaf; echo x > {Folder}/tree/a/other");
        using FileTells tells = Start(start: false);
        Shell($"rm -r {Folder}/tree");
        tells.Start();

        foreach (string path in (string[])["tree/a/b/leaf", "tree/a/b", "tree/a/other", "tree/a", "tree"])
        {
            _listener.WaitFor(e => e.Kind == TellEventKind.FileDeleted && e.Path == $"{Folder}/{path}");
        }
    }

    [Fact]
    public void Whoever_remembers_hears_of_each_way_to_change_a_file()
    {
        Shell($"echo x > {Folder}/file; mkdir {Folder}/d");
        FileKey key = Key($"{Folder}/file");
        using MountWatch mounts = new();
        using FileTells tells = Start();

        Shell($"echo y >> {Folder}/file");
        Until(() => _changes.Written.Contains(key), () => "a write was not heard of");
        Shell($"chmod 666 {Folder}/file");
        Until(() => _changes.Attributes.Contains(key), () => "a chmod was not heard of");
        Shell($"ln {Folder}/file {Folder}/link");
        Until(() => _changes.Named.Contains(key), () => "a hard link was not heard of");
        _changes.Named.Clear();
        Shell($"mv {Folder}/link {Folder}/d/moved");
        Until(() => _changes.Named.Contains(key), () => "a rename was not heard of");
        int before = _changes.DirectoriesRenamed;
        Shell($"mv {Folder}/d {Folder}/e");
        Until(() => _changes.DirectoriesRenamed > before, () => "a directory's rename was not heard of");

        // Unless somebody on this machine has unmounted something meanwhile, which may change anything.
        Assert.True(_changes.Anything == 0 || mounts.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Older_kernels_do_not_tell_which_file_got_a_name_and_it_is_found_out()
    {
        Shell($"echo x > {Folder}/file");
        FileKey key = Key($"{Folder}/file");
        using FileTells tells = Start(renamesInHalves: true);
        Shell($"ln {Folder}/file {Folder}/link");
        Until(() => _changes.Named.Contains(key), () => "a hard link was not heard of");
        _changes.Named.Clear();
        Shell($"mv {Folder}/link {Folder}/moved");
        Until(() => _changes.Named.Contains(key), () => "a rename was not heard of");
    }

    [Fact]
    public void What_we_do_ourselves_is_not_told_but_heard_of_by_whoever_remembers()
    {
        using FileTells tells = Start();
        _own.Add(Environment.ProcessId);
        File.WriteAllText($"{Folder}/ours", "x");
        FileKey key = Key($"{Folder}/ours");
        Shell($"echo x > {Folder}/theirs");

        _listener.WaitFor(e => e.Path == $"{Folder}/theirs" && e.Kind == TellEventKind.FileWritten);
        Assert.DoesNotContain(_listener.Heard, e => e.Path == $"{Folder}/ours");
        Assert.Contains(key, _changes.Written);

        _own.Remove(Environment.ProcessId);
        File.WriteAllText($"{Folder}/ours", "y");
        _listener.WaitFor(e => e.Path == $"{Folder}/ours");
    }

    [Fact]
    public void A_file_system_that_is_mounted_later_is_watched_and_can_be_unmounted_again()
    {
        using FileTells tells = Start();
        Shell($"mkdir {Folder}/inner; mount -t tmpfs ringwall-inner {Folder}/inner");
        int tries = 0;
        Until(
            () =>
            {
                Shell($"echo x > {Folder}/inner/late{tries++}");
                _listener.Take();
                return _listener.Heard.Exists(e => e.Path.StartsWith($"{Folder}/inner/late", StringComparison.Ordinal));
            },
            () => "the new mount is not watched");
        int before = _changes.Anything;
        Unmount($"{Folder}/inner");
        Until(() => _changes.Anything > before, () => "that a file system went was not heard of");
    }

    [Fact]
    public void When_the_kernels_queue_is_full_that_is_told_and_nothing_remembered_is_trusted()
    {
        long queue = long.Parse(File.ReadAllText("/proc/sys/fs/fanotify/max_queued_events"));
        Assert.SkipUnless(queue <= 100_000, "needs a queue that a test can fill");
        using FileTells tells = Start(start: false);
        _own.Add(Environment.ProcessId);
        for (long i = 0; i <= queue; i++)
        {
            File.OpenHandle($"{Folder}/{i}", FileMode.Create, FileAccess.Write).Dispose();
        }

        tells.Start();
        TellEvent loss = _listener.WaitFor(e => e.Kind == TellEventKind.Loss);
        Assert.Equal(TellKinds.File, loss.Source);
        Assert.False(loss.LossIsExact);
        Assert.Equal(LossPlace.Kernel, loss.LossPlace);
        Assert.True(_changes.Anything > 0);
        Assert.False(_hub.Figures(TellKinds.File).Exact);
    }

    [Fact]
    public void Inodes_of_a_disk_file_system_are_read_from_handles_as_stat_has_them()
    {
        Mount? disk = MountTable.Read().Mounts.FirstOrDefault(m => m.Type is "ext4" or "xfs" && m.MayBeTouched && m.Point.AsSpan().SequenceEqual("/"u8));
        Assert.SkipUnless(disk is not null, "needs ext4 or xfs at /");
        string file = Path.GetFullPath($"ringwall-inode-{Guid.NewGuid():N}");
        using FileTells tells = Start(watches: m => m.Id == disk!.Id);
        Shell($"echo x > {file}");
        FileKey key = Key(file);

        TellEvent written = _listener.WaitFor(e => e.Kind == TellEventKind.FileWritten && e.Path == file);
        File.Delete(file);
        Assert.Equal(key.Inode, written.Inode);
        Assert.Contains(key, _changes.Written);
    }

    private static FileKey Key(string path)
    {
        Assert.True(OpenFile.TryStat(path, out FileState state));
        return new FileKey(state.Identity.Device, state.Identity.Inode);
    }

    private static string ReadShell(string command)
    {
        string output = Path.GetTempFileName();
        Shell($"{command} > {output}");
        string said = File.ReadAllText(output).Trim();
        File.Delete(output);
        return said;
    }

    private FileTells Start(bool renamesInHalves = false, bool start = true, Func<Mount, bool>? watches = null)
    {
        FileTells tells = new(
            ChangeGroup.Create(renamesInHalves),
            new FileTellContext
            {
                Hub = _hub,
                Processes = _table,
                Changes = _changes,
                Own = _own,
                Watches = watches ?? (mount => Encoding.UTF8.GetString(mount.Point).StartsWith(Folder, StringComparison.Ordinal)),
                CatchUp = () => _processes?.CatchUp(),
            });
        if (start)
        {
            tells.Start();
        }

        return tells;
    }

    private sealed class HeardChanges : IFileChanges
    {
        private int _directories;
        private int _anything;

        public ConcurrentBag<FileKey> Written { get; } = [];

        public ConcurrentBag<FileKey> Attributes { get; } = [];

        public ConcurrentBag<FileKey> Named { get; } = [];

        public int DirectoriesRenamed => Volatile.Read(ref _directories);

        public int Anything => Volatile.Read(ref _anything);

        void IFileChanges.HearsOf(IReadOnlySet<ulong> devices)
        {
        }

        void IFileChanges.Written(FileKey file) => Written.Add(file);

        void IFileChanges.AttributesChanged(FileKey file) => Attributes.Add(file);

        void IFileChanges.NameGiven(FileKey file) => Named.Add(file);

        void IFileChanges.DirectoryRenamed() => Interlocked.Increment(ref _directories);

        void IFileChanges.AnythingChanged() => Interlocked.Increment(ref _anything);
    }
}

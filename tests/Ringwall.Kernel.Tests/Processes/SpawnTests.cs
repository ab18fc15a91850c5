using System.IO.Pipes;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

using Ringwall.Kernel.Processes;

namespace Ringwall.Kernel.Tests.Processes;

public sealed class SpawnTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_child_reports_its_exit_code()
    {
        using ChildProcess child = Start("exit 7");
        Assert.True(child.TryWait(Patience, out ExitStatus status));
        Assert.Equal(new ExitStatus(7, 0), status);
        Assert.False(child.TryKill());
    }

    [Fact]
    public void A_child_that_is_killed_reports_the_signal()
    {
        using ChildProcess child = Start("while :; do read x; done");
        Assert.False(child.TryWait(TimeSpan.Zero, out _));
        Assert.True(child.TryKill());
        Assert.True(child.TryWait(Patience, out ExitStatus status));
        Assert.Equal("killed by SIGKILL", status.ToString());
    }

    [Fact]
    public void A_child_has_the_descriptors_that_were_listed_and_no_other()
    {
        // Inheritable on purpose: only the spawn can keep it out of the child.
        using AnonymousPipeServerStream inheritable = new(PipeDirection.Out, HandleInheritability.Inheritable);
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        Dictionary<int, SafeHandle> map = new() { [2] = nothing, [6] = nothing };
        (string output, _) = Run("for i in /proc/self/fd/*; do echo -n \"${i##*/} \"; done", map);

        // 3 is the shell's own handle on the directory that it lists.
        Assert.Equal("0 1 2 3 6", output.Trim());
    }

    [Fact]
    public void Descriptors_may_trade_places()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-spawn-").FullName;
        try
        {
            List<SafeFileHandle> files = [];
            for (int i = 0; i < 8; i++)
            {
                File.WriteAllText(Path.Combine(folder, $"{i}"), $"file {i}\n");
                files.Add(File.OpenHandle(Path.Combine(folder, $"{i}")));
            }

            // Every child number is some other wanted file's number in this process, in a circle.
            int[] numbers = [.. files.Select(f => (int)f.DangerousGetHandle())];
            Dictionary<int, SafeHandle> map = [];
            for (int i = 0; i < numbers.Length; i++)
            {
                map[numbers[i]] = files[(i + 1) % files.Count];
            }

            string script = string.Join("; ", numbers.Select(n => $"cat /proc/self/fd/{n}"));
            (string output, ExitStatus status) = Run(script, map);
            Assert.True(status.Succeeded);
            Assert.Equal(
                Enumerable.Range(0, files.Count).Select(i => $"file {(i + 1) % files.Count}"),
                output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            files.ForEach(f => f.Dispose());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_environment_is_the_listed_one()
    {
        (string output, _) = Run("cat /proc/self/environ");

        // The shell adds its own three.
        string[] own = ["PWD=", "OLDPWD=", "_="];
        Assert.Equal(["ONE=1"], output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(v => !own.Any(v.StartsWith)));
    }

    [Fact]
    public void Ignored_signals_are_not_handed_down()
    {
        // The runtime ignores SIGPIPE (13, bit 12); a child that inherited that would not die from writing to nobody.
        (string output, _) = Run("grep SigIgn /proc/self/status");
        Assert.Equal("SigIgn:\t0000000000000000\n", output);
        Assert.NotEqual(output.Trim(), File.ReadLines("/proc/self/status").Single(l => l.StartsWith("SigIgn", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(SpawnGroup.Inherited, false)]
    [InlineData(SpawnGroup.OwnGroup, true)]
    [InlineData(SpawnGroup.OwnSession, true)]
    public void A_child_leads_its_own_group_when_asked(SpawnGroup group, bool leads)
    {
        (string output, _) = Run("read pid comm state parent group session rest < /proc/self/stat; echo $pid $group $session", group: group);
        string[] ids = output.Split(' ', StringSplitOptions.TrimEntries);
        Assert.Equal(leads, ids[0] == ids[1]);
        Assert.Equal(group == SpawnGroup.OwnSession, ids[0] == ids[2]);
    }

    [Fact]
    public void A_program_that_is_not_there_is_an_error_that_names_it()
    {
        KernelException e = Assert.Throws<KernelException>(
            () => Spawn.Start(new SpawnRequest { Path = "/nowhere/program", Arguments = ["program"] }));
        Assert.Equal(Errno.ENOENT, e.Errno.Value);
        Assert.Contains("/nowhere/program", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_open_after_many_children()
    {
        _ = Run("exit 0");
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 200; i++)
        {
            using ChildProcess child = Start("exit 0");
            Assert.True(child.TryWait(Patience, out _));
        }

        // Other tests of this process may hold a few; a leak would be hundreds.
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 100);
    }

    private static ChildProcess Start(string script) =>
        Spawn.Start(new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", script] });

    private static (string Output, ExitStatus Status) Run(
        string script, IReadOnlyDictionary<int, SafeHandle>? more = null, SpawnGroup group = SpawnGroup.Inherited)
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.In);
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        Dictionary<int, SafeHandle> map = new(more ?? new Dictionary<int, SafeHandle>())
        {
            [0] = nothing,
            [1] = pipe.ClientSafePipeHandle,
        };
        using ChildProcess child = Spawn.Start(new SpawnRequest
        {
            Path = "/bin/sh",
            Arguments = ["sh", "-c", script],
            Environment = ["ONE=1"],
            Descriptors = map,
            Group = group,
        });
        pipe.DisposeLocalCopyOfClientHandle();
        using StreamReader reader = new(pipe);
        string output = reader.ReadToEnd();
        Assert.True(child.TryWait(Patience, out ExitStatus status));
        return (output, status);
    }
}

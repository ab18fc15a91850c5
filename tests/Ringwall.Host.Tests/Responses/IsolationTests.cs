using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Responses;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Host.Tests.Responses;

/// <summary>
/// Isolation of a control group of the test's own: this machine stays as it is. What is tried goes over the loopback in a network namespace of its own, so the rule is told that another
/// device is the loopback, or none.
/// </summary>
[Collection("kernel")]
public sealed class IsolationTests
{
    // Joins the group given first, then sends itself a datagram as the user given second: "passed" or "dropped".
    private const string Try = """
        import os, socket, sys
        open(sys.argv[1] + '/cgroup.procs', 'w').write(str(os.getpid()))
        os.setuid(int(sys.argv[2]))
        family, address = (socket.AF_INET6, '::1') if sys.argv[3] == '6' else (socket.AF_INET, '127.0.0.1')
        heard, said = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        heard.bind((address, 0))
        heard.settimeout(30)
        try:
            said.sendto(b'x', heard.getsockname()[:2])
            print('passed' if heard.recv(1) == b'x' else 'other')
        except PermissionError:
            print('dropped')
        """;

    [Theory]
    [InlineData("4")]
    [InlineData("6")]
    public void A_group_is_cut_off_but_for_its_loopback_and_exempted_users_and_no_other_group_is(string family)
    {
        using Group group = Group.Make();
        using Group other = Group.Make();
        Assert.Equal("passed", Send(group, 1000, family));      // the control: without isolation it goes
        using (NetworkIsolation none = Cut(group, [1001], loopback: 99))
        {
            Assert.Equal("dropped", Send(group, 1000, family));
            Assert.Equal("dropped", Send(group, 0, family));
            Assert.Equal("passed", Send(group, 1001, family));
            Assert.Equal("passed", Send(other, 1000, family));
            Assert.True(none.Dropped >= 2, $"{none.Dropped} were counted");
        }

        Assert.Equal("passed", Send(group, 1000, family));
        using (Cut(group, [], loopback: 1))
        {
            Assert.Equal("passed", Send(group, 1000, family));  // over the loopback
        }
    }

    [Fact]
    public void An_isolation_stands_until_the_last_that_was_requested_is_taken_back_and_over_a_restart()
    {
        using Group group = Group.Make();
        string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
        RequestMessage isolate = new() { Number = 1, Kind = ResponseKind.Isolate, Reason = "it spreads" };
        ResponseContext Here(ResponseContext context) => context with { OpenGroup = () => (group.Open(), null) };
        Assert.Equal(0, group.Programs());
        using (DeskAtWork at = new(home, Here))
        {
            Assert.Equal(ResponseOutcome.Done, at.Send(isolate).Outcome);
            at.Generation = 4;
            Assert.Equal(ResponseOutcome.Done, at.Send(isolate).Outcome);
            Assert.Equal(2, group.Programs());
            Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder { Generation = 3 })).Result);
            Assert.Equal(2, group.Programs());
        }

        Group.Await(() => group.Programs() == 0, "the programs end with the host");
        using (DeskAtWork at = new(home, Here))
        {
            _ = at.Desk.Undo(new UndoOrder { Id = -1 });     // waits until it has settled
            Assert.Equal(2, group.Programs());
            Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder { Generation = 4 })).Result);
            Group.Await(() => group.Programs() == 0, "nothing is isolated any more");
        }

        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public void Where_there_is_no_control_group_it_is_refused()
    {
        using DeskAtWork at = new(change: context => context with { OpenGroup = () => (null, "cgroup version 2 is not mounted") });
        Assert.Equal((ResponseOutcome.Refused, "unsupported"), QuarantineTests.Became(at.Send(new RequestMessage { Number = 1, Kind = ResponseKind.Isolate })));
        Assert.Equal(ActState.Failed, Assert.Single(at.Desk.Acts).State);
    }

    private static NetworkIsolation Cut(Group group, uint[] users, uint loopback)
    {
        using SafeFileHandle opened = group.Open();
        return NetworkIsolation.Attach(opened, users, loopback);
    }

    private static string Send(Group group, int user, string family)
    {
        ProcessStartInfo start = new("/usr/bin/unshare", ["-n", "/bin/sh", "-c", "ip link set lo up && exec /usr/bin/python3 -c \"$0\" \"$@\"", Try, group.Path, $"{user}", family])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process python = Process.Start(start)!;
        string said = python.StandardOutput.ReadToEnd().Trim();
        string errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, errors);
        return said;
    }

    /// <summary>A control group of version 2 that ends with the test.</summary>
    private sealed class Group : IDisposable
    {
        private static int _count;

        private Group(string path) => Path = path;

        public string Path { get; }

        public static Group Make()
        {
            if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/python3") || !File.Exists("/usr/bin/unshare"))
            {
                Assert.Skip("needs root, python3 and unshare");
            }

            string? root = MountTable.Read().Mounts.Where(mount => mount.Type == "cgroup2" && mount.ShowsWhole).Select(mount => System.Text.Encoding.UTF8.GetString(mount.Point)).FirstOrDefault();
            if (root is null)
            {
                Assert.Skip("needs cgroup version 2");
            }

            string path = System.IO.Path.Combine(root, $"ringwall-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
            Directory.CreateDirectory(path);
            return new Group(path);
        }

        public SafeFileHandle Open() => CgroupTree.Open(Path);

        /// <summary>How many BPF programs are attached here, by the kernel's own word.</summary>
        public int Programs()
        {
            using SafeFileHandle group = Open();
            return NetworkIsolation.CountAt(group);
        }

        public static void Await(Func<bool> condition, string what)
        {
            for (long until = Environment.TickCount64 + 60_000; !condition(); Thread.Sleep(5))
            {
                Assert.True(Environment.TickCount64 < until, $"not within 60 s: {what}");
            }
        }

        public void Dispose()
        {
            for (long until = Environment.TickCount64 + 60_000; Directory.Exists(Path); Thread.Sleep(5))
            {
                try
                {
                    Directory.Delete(Path);
                }
                catch (IOException) when (Environment.TickCount64 < until)
                {
                    // A process of it is still being reaped.
                }
            }
        }
    }
}

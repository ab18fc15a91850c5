using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Tells;

/// <summary>What the tests of events do to the machine, and how they hear of it.</summary>
internal static class TestMachine
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static int Shell(string script)
    {
        using ChildProcess shell = StartShell(script);
        Assert.True(shell.TryWait(Patience, out ExitStatus status), $"did not end: {script}");
        Assert.True(status.Succeeded, $"failed: {script}");
        return shell.Pid;
    }

    public static ChildProcess StartShell(string script) => Spawn.Start(new SpawnRequest
    {
        Path = "/bin/sh",
        Arguments = ["sh", "-c", script],
        Environment = ["PATH=/usr/bin:/bin"],
    });

    public static void Until(Func<bool> done, Func<string> otherwise)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!done())
        {
            Assert.True(Environment.TickCount64 < end, otherwise());
            Thread.Sleep(2);
        }
    }

    /// <summary>Whoever is just looking at something on it keeps it for that moment.</summary>
    public static void Unmount(string point) => Until(
        () =>
        {
            using ChildProcess umount = Spawn.Start(new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", $"exec umount '{point}' 2>/dev/null"], Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] });
            return umount.TryWait(Patience, out ExitStatus status) && status.Succeeded;
        },
        () => $"{point} cannot be unmounted");

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>A tmpfs of the test's own.</summary>
internal sealed class TestMount : IDisposable
{
    /// <param name="options">For mount(8), as "size=1m".</param>
    public TestMount(string options = "size=50%")
    {
        Path = Directory.CreateTempSubdirectory("ringwall-tells-").FullName;
        TestMachine.Shell($"mount -t tmpfs -o {options} ringwall-test {Path}");
    }

    public string Path { get; }

    public void Dispose()
    {
        TestMachine.Unmount(Path);
        Directory.Delete(Path);
    }
}

/// <summary>Collects what a subscriber is told.</summary>
internal sealed class Listener(TellHub hub, TellKinds kinds, int capacity = 1 << 22) : IDisposable
{
    private readonly TellSubscription _subscription = hub.Subscribe("listener", kinds, capacity);
    private readonly byte[] _buffer = new byte[Protocol.MaxMessageBytes];

    public List<TellEvent> Heard { get; } = [];

    public TellEvent WaitFor(Func<TellEvent, bool> wanted)
    {
        TellEvent? found = null;
        TestMachine.Until(
            () =>
            {
                Take();
                return (found = Heard.Find(e => wanted(e))) is not null;
            },
            () => "not told; told was: " + string.Join("; ", Heard.TakeLast(40).Select(e => $"{e.Kind} {e.Actor?.Pid} {e.Path} {e.NewPath}")));
        return found!;
    }

    public void Take()
    {
        while (_subscription.TryTake(_buffer, out int length))
        {
            Heard.AddRange(TellHubTests.Read(_buffer.AsSpan(0, length)));
        }
    }

    public void Dispose() => _subscription.Dispose();
}

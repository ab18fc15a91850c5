using System.ComponentModel;
using System.Diagnostics;
using System.Net;

namespace Ringwall.Server.Tests.Grounds;

/// <summary>A network of its own (ip-netns(8)) that one cable leads to, which a test can pull out. Where it cannot be made, the test is skipped by name.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private readonly string _cable;

    private NetworkNamespace(string name, string cable, IPAddress outside, IPAddress inside)
    {
        _cable = cable;
        Name = name;
        Outside = outside;
        Inside = inside;
    }

    public string Name { get; }

    /// <summary>This end of the cable.</summary>
    public IPAddress Outside { get; }

    public IPAddress Inside { get; }

    public static async Task<NetworkNamespace> MakeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a network namespace needs root");
        string mark = Guid.NewGuid().ToString("N")[..8];
        byte subnet = (byte)Random.Shared.Next(256);
        NetworkNamespace made = new($"rw-{mark}", $"rw{mark}", new IPAddress([10, 213, subnet, 1]), new IPAddress([10, 213, subnet, 2]));
        string far = $"rx{mark}";
        string[] steps =
        [
            $"netns add {made.Name}", $"link add {made._cable} type veth peer name {far} netns {made.Name}", $"addr add {made.Outside}/30 dev {made._cable}", $"link set {made._cable} up",
            $"-n {made.Name} addr add {made.Inside}/30 dev {far}", $"-n {made.Name} link set {far} up", $"-n {made.Name} link set lo up",
        ];
        foreach (string step in steps)
        {
            if (await IpAsync(step) != 0)
            {
                await made.DisposeAsync();
                Assert.Skip($"this machine makes no network namespaces: ip {step} failed");
            }
        }

        return made;
    }

    /// <summary>From now on nothing comes through, and nobody is told so.</summary>
    public async Task CutAsync() => Assert.Equal(0, await IpAsync($"link set {_cable} down"));

    public async Task MendAsync() => Assert.Equal(0, await IpAsync($"link set {_cable} up"));

    /// <summary>GET, asked from within.</summary>
    /// <returns>What a server there answers on its loopback interface: status line, headers and body.</returns>
    public async Task<string> GetAsync(int port, string path)
    {
        string script = $"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3";
        using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", Name, "bash", "-c", script]) { RedirectStandardOutput = true })!;
        return await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    // The cable goes with the namespace that holds its other end.
    public async ValueTask DisposeAsync() => await IpAsync($"netns delete {Name}");

    private static async Task<int> IpAsync(string arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("ip", arguments.Split(' ')) { RedirectStandardError = true })!;
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return -1;
        }
    }
}

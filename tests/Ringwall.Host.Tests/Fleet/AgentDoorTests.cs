using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ringwall.Host.Fleet;
using Ringwall.Wire.Door;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>The socket itself: who is let in, and how much of it anybody can use up.</summary>
public sealed class AgentDoorTests : IDisposable
{
    private const int User = 61_234;
    private readonly FleetAtWork _at = new();
    private readonly AgentDoor _door;

    public AgentDoorTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it gives the socket to another user");
        File.SetUnixFileMode(_at.Folder, (UnixFileMode)0b111_101_101);
        _door = AgentDoor.Open(_at.Folder, User, _at.Desk);
        _door.Start();
    }

    public void Dispose()
    {
        _door?.Dispose();
        _at.Dispose();
    }

    [Fact]
    public void Root_and_the_agent_are_let_in_and_nobody_else()
    {
        Assert.Contains("\"machine\"", Ask("""{"do":"hello"}"""), StringComparison.Ordinal);
        Assert.Contains("\"machine\"", AskAs(User), StringComparison.Ordinal);
        Assert.Contains("refused", AskAs(User + 1), StringComparison.Ordinal);

        // Whoever opens the socket's mode opens nothing.
        File.SetUnixFileMode(Path.Combine(_at.Folder, DoorLimits.SocketName), (UnixFileMode)0b110_110_110);
        Assert.Contains("is not the agent", AskAs(User + 1), StringComparison.Ordinal);
    }

    [Fact]
    public void Nonsense_and_endless_lines_are_refused_and_the_next_one_is_served()
    {
        Assert.Contains("no request", Ask("what"), StringComparison.Ordinal);
        Assert.Contains("no request", Ask("""{"do":"hello","more":1}"""), StringComparison.Ordinal);
        using (Socket endless = Connect())
        {
            endless.Send(Enumerable.Repeat((byte)'x', DoorLimits.RequestBytes + 10).ToArray());
            byte[] reply = new byte[4096];
            Assert.Contains("at most", Encoding.UTF8.GetString(reply, 0, endless.Receive(reply)), StringComparison.Ordinal);
        }

        Assert.Contains("\"machine\"", Ask("""{"do":"hello"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a seat without a domain", "no request")]
    [InlineData("a seat that is null inside", "no request")]
    [InlineData("no device", "no request")]
    [InlineData("no ring", "no request")]
    [InlineData("a moment after the end of time", "it is none")]
    [InlineData("a moment before the beginning", "it is none")]
    [InlineData("a place that is null", "not enrolled")]
    [InlineData("half a character", "no request")]
    [InlineData("facts that nobody told", "number of no facts")]
    [InlineData("null", "no request")]
    [InlineData("a minute without end", "\"facts\"")]
    public void No_line_of_the_agent_s_ends_the_host(string what, string reply)
    {
        string roots = $"\"vendorsRoot\":\"{_at.Identity.VendorsRoot}\",\"directorRoot\":\"{_at.Identity.DirectorRoot}\"";
        string identity = $"\"device\":\"{_at.Identity.Device}\",\"ring\":\"canary\",{roots}";
        string line = what switch
        {
            "a seat without a domain" => $"{{\"do\":\"hello\",\"identity\":{{{identity},\"since\":1,\"seat\":{{\"index\":0,\"size\":1}}}}}}",
            "a seat that is null inside" => $"{{\"do\":\"hello\",\"identity\":{{{identity},\"since\":1,\"seat\":{{\"domain\":null,\"index\":0,\"size\":1}}}}}}",
            "no device" => $"{{\"do\":\"hello\",\"identity\":{{\"device\":null,\"ring\":\"canary\",{roots},\"since\":1}}}}",
            "no ring" => $"{{\"do\":\"hello\",\"identity\":{{\"device\":\"{_at.Identity.Device}\",\"ring\":null,{roots},\"since\":1}}}}",
            "a moment after the end of time" => $"{{\"do\":\"hello\",\"identity\":{{{identity},\"since\":{long.MaxValue}}}}}",
            "a moment before the beginning" => $"{{\"do\":\"hello\",\"identity\":{{{identity},\"since\":{long.MinValue}}}}}",
            "a place that is null" => "{\"do\":\"move\",\"place\":null}",
            "half a character" => "{\"do\":\"\\ud800\"}",
            "facts that nobody told" => $"{{\"do\":\"report\",\"after\":{long.MaxValue}}}",
            "a minute without end" => $"{{\"do\":\"report\",\"minute\":{long.MaxValue}}}",
            _ => "null",
        };
        _at.Lay();
        Assert.Contains(reply, Ask(line), StringComparison.Ordinal);

        // Another one, which is compared with what was kept of the first; and the next is served.
        Ask(line.Replace("canary", "broad", StringComparison.Ordinal));
        Assert.Contains("\"machine\"", Ask("""{"do":"hello"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_trickles_is_let_go_when_the_time_for_its_request_is_over()
    {
        using Socket trickling = Connect();
        using ManualResetEventSlim never = new();
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            while (watch.Elapsed < TimeSpan.FromSeconds(60))
            {
                trickling.Send("x"u8);
                never.Wait(TimeSpan.FromSeconds(1));
            }
        }
        catch (SocketException)
        {
            // It was let go.
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), $"{watch.Elapsed}");
        Assert.Contains("\"machine\"", Ask("""{"do":"hello"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_while_somebody_is_connected_and_says_nothing()
    {
        using Socket silent = Connect();
        silent.Send("{\"do\":\"he"u8);
        Stopwatch watch = Stopwatch.StartNew();
        _door.Dispose();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"{watch.Elapsed}");
        Assert.False(File.Exists(Path.Combine(_at.Folder, DoorLimits.SocketName)));
    }

    private Socket Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(_at.Folder, DoorLimits.SocketName)));
        return socket;
    }

    private string Ask(string line)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.UTF8.GetBytes(line + "\n"));
        byte[] reply = new byte[64 * 1024];
        string text = Encoding.UTF8.GetString(reply, 0, socket.Receive(reply));
        Assert.NotNull(JsonSerializer.Deserialize(text, DoorJson.Default.DoorReply));
        return text;
    }

    private string AskAs(int user)
    {
        const string Script = """
            use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or do { print "refused: $!"; exit };
            print $s "{\"do\":\"hello\"}\n"; $s->flush; my $l = <$s>; print $l;
            """;
        using Process perl = Process.Start(new ProcessStartInfo("setpriv", [
            $"--reuid={user}", $"--regid={user}", "--clear-groups", "perl", "-e", Script, Path.Combine(_at.Folder, DoorLimits.SocketName)])
        { RedirectStandardOutput = true })!;
        string said = perl.StandardOutput.ReadToEnd();
        perl.WaitForExit();
        return said.Replace("Permission denied", "refused", StringComparison.Ordinal);
    }
}

using System.Net.Sockets;
using System.Text;
using Ringwall.Host.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Control;

public sealed class ControlSocketTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-ctl-").FullName;
    private readonly FakeHost _host = new();
    private readonly ControlSocket _socket;

    // Whoever runs the tests is let in: as root, or by the group that is given here.
    public ControlSocketTests() =>
        _socket = ControlSocket.Open(_folder, _host.Parts, OwnGroup(), new ControlPatience(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2)));

    [Fact]
    public void Status_is_one_line_and_an_end()
    {
        using ControlClientForTests client = new(_folder);
        ControlReply only = Assert.Single(client.Answer("""{"do":"status"}"""));
        Assert.Equal("9.9", only.Status!.Version);
        Assert.Equal(["/home"], only.Status.Guard);
    }

    [Fact]
    public void One_connection_takes_many_requests()
    {
        using ControlClientForTests client = new(_folder);
        for (int i = 0; i < 50; i++)
        {
            Assert.NotNull(Assert.Single(client.Answer("""{"do":"status"}""")).Status);
        }
    }

    [Fact]
    public void Requests_sent_at_once_are_answered_in_order()
    {
        using ControlClientForTests client = new(_folder);
        client.SendRaw("""
            {"do":"explain","path":"/a"}
            {"do":"explain","path":"/b"}

            """);
        Assert.Equal("/a", client.Next()!.Explanation!.Path);
        Assert.True(client.Next()!.End);
        Assert.Equal("/b", client.Next()!.Explanation!.Path);
        Assert.True(client.Next()!.End);
    }

    [Theory]
    [InlineData("""{"do":"restart-sensor","name":"yara"}""", "restart yara")]
    [InlineData("""{"do":"stop-sensor","name":"yara"}""", "stop yara")]
    [InlineData("""{"do":"start-sensor","name":"yara"}""", "start yara")]
    [InlineData("""{"do":"stop"}""", "end")]
    public void Orders_reach_the_host(string request, string order)
    {
        using ControlClientForTests client = new(_folder);
        Assert.NotNull(Assert.Single(client.Answer(request)).Said);
        Assert.Equal([order], _host.Orders);
    }

    [Theory]
    [InlineData("""{"do":"install","path":"/tmp/p.tar.gz"}""", "install /tmp/p.tar.gz for its own")]
    [InlineData("""{"do":"install","path":"/tmp/p.tar.gz","name":"yara"}""", "install /tmp/p.tar.gz for yara")]
    [InlineData("""{"do":"promote","name":"yara","number":3}""", "promote yara 3")]
    [InlineData("""{"do":"promote","name":"yara"}""", "promote yara newest")]
    [InlineData("""{"do":"rollback","name":"yara"}""", "roll back yara")]
    [InlineData("""{"do":"pin","name":"yara","number":3}""", "pin yara 3")]
    [InlineData("""{"do":"pin","name":"yara"}""", "pin yara off")]
    public void Orders_about_generations_reach_the_host_and_tell_which_it_is(string request, string order)
    {
        using ControlClientForTests client = new(_folder);
        List<ControlReply> replies = client.Answer(request);
        Assert.Equal(2, replies.Count);
        Assert.Equal(2, replies[0].Generation!.Number);
        Assert.Equal("so be it", replies[1].Said);
        Assert.Equal([order], _host.Orders);
    }

    [Fact]
    public void Generations_are_a_line_each()
    {
        using ControlClientForTests client = new(_folder);
        Assert.Equal([1L, 2L], client.Answer("""{"do":"generations","name":"sigma"}""").Select(reply => reply.Generation!.Number));
        Assert.Equal("yara", client.Answer("""{"do":"generations"}""")[0].Generation!.Sensor);
    }

    [Fact]
    public void What_is_so_already_is_said_and_no_error()
    {
        using ControlClientForTests client = new(_folder);
        Assert.Contains("already", Assert.Single(client.Answer("""{"do":"start-sensor","name":"running"}""")).Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"do":"stop-sensor","name":"none"}""", ExitCode.NotDone, "no such sensor")]
    [InlineData("""{"do":"generations","name":"none"}""", ExitCode.NotDone, "no such sensor")]
    [InlineData("""{"do":"promote","name":"none"}""", ExitCode.NotDone, "no such sensor")]
    [InlineData("""{"do":"rollback"}""", ExitCode.Usage, "name is missing")]
    [InlineData("""{"do":"install","path":"p.tar.gz"}""", ExitCode.Usage, "absolute path")]
    [InlineData("""{"do":"stop-sensor"}""", ExitCode.Usage, "name is missing")]
    [InlineData("""{"do":"allow","path":"/no"}""", ExitCode.NotDone, "it may not be")]
    [InlineData("""{"do":"allow","path":"relative"}""", ExitCode.Usage, "absolute path")]
    [InlineData("""{"do":"disallow","path":"/never/allowed"}""", ExitCode.NotDone, "no override")]
    [InlineData("""{"do":"hand-over"}""", ExitCode.NotDone, "the only one")]
    [InlineData("""{"do":"dance"}""", ExitCode.Usage, "'dance'")]
    [InlineData("""{"do":"events","kinds":["sneeze"]}""", ExitCode.Usage, "'sneeze'")]
    [InlineData("""{"do":"events","since":"1969-01-01T00:00:00Z"}""", ExitCode.NotDone, "keeps no journal")]
    [InlineData("""{"do":"status","nmae":"x"}""", ExitCode.Usage, "nmae")]
    [InlineData("""{}""", ExitCode.Usage, "do")]
    [InlineData("null", ExitCode.Usage, "null")]
    [InlineData("", ExitCode.Usage, "JSON")]
    [InlineData("""{"do":"\ud800"}""", ExitCode.Usage, "JSON")]
    [InlineData("""{"do":"status","path":7}""", ExitCode.Usage, "JSON")]
    public void What_cannot_be_done_is_refused_with_a_reason_and_the_next_request_is_heard(string request, int exit, string reason)
    {
        using ControlClientForTests client = new(_folder);
        ErrorReport error = Assert.Single(client.Answer(request)).Error!;
        Assert.Equal(exit, error.Exit);
        Assert.Contains(reason, error.ToString(), StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(client.Answer("""{"do":"status"}""")).Status);
    }

    [Fact]
    public void Overrides_are_recorded_with_who_and_why()
    {
        using ControlClientForTests client = new(_folder);
        client.Answer("""{"do":"allow","path":"/opt/x","note":"ticket 7"}""");
        OverrideLine line = Assert.Single(client.Answer("""{"do":"overrides"}""")).Override!;
        Assert.Equal("/opt/x", line.Path);
        Assert.Equal("ticket 7", line.Note);
        Assert.Equal(OwnUser(), line.ByUid);
        client.Answer("""{"do":"disallow","path":"/opt/x"}""");
        Assert.Empty(client.Answer("""{"do":"overrides"}"""));
    }

    [Fact]
    public void Events_are_followed_until_the_client_asks_something_else()
    {
        using ControlClientForTests client = new(_folder);
        client.Send("""{"do":"events","follow":true}""");
        Await(() => _host.EventFollowers.Count == 1);
        _host.EventFollowers.Publish(Event(1));
        Assert.Equal(1, client.Next()!.Event!.Sequence);
        _host.EventFollowers.Publish(Event(2));
        Assert.Equal(2, client.Next()!.Event!.Sequence);
        client.Send("""{"do":"status"}""");
        Assert.True(client.Next()!.End);
        Assert.NotNull(client.Next()!.Status);
        Await(() => _host.EventFollowers.Count == 0);
    }

    [Fact]
    public void A_follower_that_goes_away_is_let_go()
    {
        using (ControlClientForTests client = new(_folder))
        {
            client.Send("""{"do":"events","follow":true}""");
            Await(() => _host.EventFollowers.Count == 1);
        }

        Await(() => _host.EventFollowers.Count == 0 && _socket.Clients == 0);
    }

    [Fact]
    public void Findings_begin_with_the_latest_and_go_on_without_a_gap_or_a_double()
    {
        _host.Find(Finding(1));
        _host.Find(Finding(2));
        using ControlClientForTests client = new(_folder);
        client.Send("""{"do":"findings","last":1,"follow":true}""");
        Assert.Equal(2, client.Next()!.Finding!.Metadata.Sequence);
        _host.Find(Finding(3));
        Assert.Equal(3, client.Next()!.Finding!.Metadata.Sequence);
    }

    [Fact]
    public void Whoever_follows_findings_too_slowly_is_told_how_many_it_missed()
    {
        using ControlClientForTests stuck = new(_folder);
        stuck.Send("""{"do":"findings","last":0,"follow":true}""");
        Await(() => _host.FindingFollowers.Count == 1);
        const int found = 5_000;
        DetectionFinding large = Finding(1) with { Message = new string('x', 4000) };
        for (int i = 1; i <= found; i++)
        {
            _host.FindingFollowers.Publish(large with { Metadata = large.Metadata with { Sequence = i } });
        }

        // Every one of them is told, or told to be missed before the one that comes after it; and while it reads, nothing is missed any more.
        long missed = 0;
        long told = 0;
        for (int last = found + 1; told + missed < found; last++)
        {
            ControlReply reply = stuck.Next()!;
            missed += reply.Missed ?? 0;
            told += reply.Finding is { Metadata.Sequence: <= found } ? 1 : 0;
            _host.FindingFollowers.Publish(large with { Metadata = large.Metadata with { Sequence = last } });
        }

        Assert.True(missed > 0, "nothing was missed");
    }

    [Fact]
    public void A_client_that_does_not_read_harms_nobody()
    {
        using ControlClientForTests stuck = new(_folder);
        stuck.Send("""{"do":"events","follow":true}""");
        Await(() => _host.EventFollowers.Count == 1);
        using ControlClientForTests other = new(_folder);

        // More than a socket buffer and the queue hold together.
        EventLine large = Event(1) with { Path = new string('x', 4000) };
        for (int i = 0; i < 5_000; i++)
        {
            _host.EventFollowers.Publish(large);
            if (i % 500 == 0)
            {
                Assert.NotNull(Assert.Single(other.Answer("""{"do":"status"}""")).Status);
            }
        }

        // When it reads again it learns that it missed something.
        _host.EventFollowers.Publish(large);
        bool told = false;
        for (int i = 0; i < 5_000 && !told; i++)
        {
            ControlReply? reply = stuck.Next();
            told = reply?.Event is { Kind: EventKinds.Loss, Lost: > 0 };
        }

        Assert.True(told, "no loss was told");
    }

    [Fact]
    public async Task A_client_that_never_reads_or_never_asks_is_cut_off()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-ctl-").FullName;

        // Long enough for this test to ask its question on a slow machine, and short enough to wait for.
        ControlPatience shortPatience = new(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(300));
        await using (ControlSocket socket = ControlSocket.Open(folder, _host.Parts, OwnGroup(), shortPatience))
        {
            using ControlClientForTests silent = new(folder);
            using ControlClientForTests deaf = new(folder);
            deaf.Send("""{"do":"events","follow":true}""");
            Await(() => _host.EventFollowers.Count == 1);
            EventLine large = Event(1) with { Path = new string('x', 4000) };
            Await(() =>
            {
                _host.EventFollowers.Publish(large);
                return socket.Clients == 0;
            });
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_request_without_an_end_is_refused_at_its_bound()
    {
        using ControlClientForTests client = new(_folder);
        client.SendRaw(new string('x', ControlLimits.RequestBytes + 1));
        Assert.Contains("at most", client.Next()!.Error!.Reason, StringComparison.Ordinal);
        Assert.Null(client.Next());
    }

    [Fact]
    public void A_request_of_the_greatest_length_is_read()
    {
        string request = """{"do":"status"}""";
        using ControlClientForTests client = new(_folder);
        Assert.NotNull(Assert.Single(client.Answer(request + new string(' ', ControlLimits.RequestBytes - request.Length))).Status);
    }

    [Fact]
    public void One_client_too_many_is_told_so_and_the_others_stay()
    {
        List<ControlClientForTests> all = [];
        try
        {
            for (int i = 0; i < ControlSocket.ClientsAtMost; i++)
            {
                all.Add(new ControlClientForTests(_folder));
                Assert.NotNull(Assert.Single(all[i].Answer("""{"do":"status"}""")).Status);
            }

            using ControlClientForTests late = new(_folder);
            Assert.Contains("connected already", late.Next()!.Error!.Reason, StringComparison.Ordinal);
            Assert.NotNull(Assert.Single(all[0].Answer("""{"do":"status"}""")).Status);
        }
        finally
        {
            all.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public void Whatever_bytes_come_the_host_goes_on()
    {
        Random random = new(7);
        int refused = 0;
        for (int i = 0; i < 200; i++)
        {
            using ControlClientForTests client = new(_folder);
            byte[] noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            client.Send(Encoding.Latin1.GetString(noise).Replace('\n', ' '));
            refused += client.Next()?.Error is not null ? 1 : 0;
        }

        Assert.True(refused > 100, $"only {refused} were refused, so this run proved nothing");
        Await(() => _socket.Clients == 0);
        using ControlClientForTests sane = new(_folder);
        Assert.NotNull(Assert.Single(sane.Answer("""{"do":"status"}""")).Status);
    }

    [Fact]
    public void The_socket_is_for_its_owner_and_the_group_alone()
    {
        UnixFileMode mode = File.GetUnixFileMode(Path.Combine(_folder, ControlLimits.SocketName));
        Assert.Equal((UnixFileMode)0, mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task A_dead_host_s_socket_is_replaced_and_closing_removes_it()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-ctl-").FullName;
        try
        {
            string path = Path.Combine(folder, ControlLimits.SocketName);
            using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                dead.Bind(new UnixDomainSocketEndPoint(path));
            }

            File.WriteAllText(path, "");
            await using (ControlSocket.Open(folder, _host.Parts, OwnGroup()))
            {
                using ControlClientForTests client = new(folder);
                Assert.NotNull(Assert.Single(client.Answer("""{"do":"status"}""")).Status);
            }

            Assert.False(File.Exists(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_order_to_end_is_answered_before_the_socket_closes_and_followers_are_let_go()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-ctl-").FullName;
        ControlSocket socket = ControlSocket.Open(folder, _host.Parts, OwnGroup());
        using ControlClientForTests follower = new(folder);
        follower.Send("""{"do":"events"}""");
        Await(() => _host.EventFollowers.Count == 1);
        using ControlClientForTests client = new(folder);
        Task closing = Task.CompletedTask;
        _host.WhenStopped = () => closing = socket.DisposeAsync().AsTask();
        Assert.Equal("the host is ending", Assert.Single(client.Answer("""{"do":"stop"}""")).Said);
        await closing.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(follower.Next()!.End);
        Assert.Null(follower.Next());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_run_directory_that_is_not_there_is_one_clear_error()
    {
        ControlSocketException refused = Assert.Throws<ControlSocketException>(() => ControlSocket.Open("/nowhere/at/all", _host.Parts, null));
        Assert.Contains("/nowhere/at/all", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--run-dir", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_too_long_for_a_socket_is_one_clear_error()
    {
        ControlSocketException refused = Assert.Throws<ControlSocketException>(() => ControlSocket.Open("/tmp/" + new string('x', 200), _host.Parts, null));
        Assert.Contains("at most 107 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, true)]
    [InlineData(1000, null, false)]
    [InlineData(1000, 50, true)]
    [InlineData(1000, 51, false)]
    public void Root_and_the_group_may_control_and_nobody_else(int uid, int? group, bool may) =>
        Assert.Equal(may, new ControlPeer(1, uid, [100, 50]).MayControl(group));

    [Fact]
    public void The_group_is_found_in_the_group_file()
    {
        string file = Path.Combine(_folder, "group");
        File.WriteAllText(file, "root:x:0:\nringwalls:x:5:\nringwall:x:77:anna,ben\n");
        Assert.Equal(77, OperatorGroup.Find(file));
        File.WriteAllText(file, "root:x:0:\nringwall:x:\n");
        Assert.Null(OperatorGroup.Find(file));
        Assert.Null(OperatorGroup.Find(Path.Combine(_folder, "none")));
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal static DetectionFinding Finding(long sequence) => new()
    {
        Time = 0,
        SeverityId = 3,
        IsAlert = true,
        ActionId = 3,
        DispositionId = 15,
        Metadata = new Metadata { Uid = $"u{sequence}", Sequence = sequence, Product = new Product { Name = "Ringwall" } },
        Device = new Device { Hostname = "h", Os = new DeviceSystem() },
        FindingInfo = new FindingDescription { Uid = $"u{sequence}", Title = "t" },
    };

    private static EventLine Event(long sequence) => new() { Time = DateTimeOffset.UnixEpoch, Kind = EventKinds.Written, Sequence = sequence };

    private static int OwnUser() => int.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1]);

    private static int OwnGroup() => int.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("Gid:", StringComparison.Ordinal)).Split('\t')[1]);

    private static void Await(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), "the condition did not come true in 60 s");
}

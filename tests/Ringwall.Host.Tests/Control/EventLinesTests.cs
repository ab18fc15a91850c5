using System.Net;
using Ringwall.Contract;
using Ringwall.Host.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Control;

public sealed class EventLinesTests
{
    [Fact]
    public void A_connection_names_actor_and_peer()
    {
        EventLine line = Line(new TellEvent
        {
            Kind = TellEventKind.Connect,
            Source = TellKinds.Network,
            Sequence = 9,
            Time = 1_700_000_000_123_456_700,
            Address = IPAddress.IPv6Loopback,
            Port = 443,
            Transport = 6,
            Actor = new ProcessRecord { Pid = 7, Start = 5, Uid = 1000, Executable = "/usr/bin/curl", Arguments = ["curl", "x\u001b[2J"] },
        });
        Assert.Equal(EventKinds.Connect, line.Kind);
        Assert.Equal("::1", line.Address);
        Assert.Equal(443, line.Port);
        Assert.Equal(1_700_000_000_123, line.Time.ToUnixTimeMilliseconds());
        Assert.Equal("/usr/bin/curl", line.Actor!.Executable);
        Assert.Equal(["curl", "x\uFFFD[2J"], line.Actor.Arguments);
    }

    [Theory]
    [InlineData(0x0000u, 0)]
    [InlineData(0x0300u, 3)]
    [InlineData(9u, 137)]
    [InlineData(0x8bu, 139)]
    public void An_exit_status_is_told_as_a_shell_tells_it(uint status, int code) =>
        Assert.Equal(code, Line(new TellEvent
        {
            Kind = TellEventKind.ProcessExit,
            Source = TellKinds.Process,
            Sequence = 1,
            ExitStatus = status,
            Actor = new ProcessRecord { Pid = 7 },
        }).ExitCode);

    [Fact]
    public void Bytes_that_are_no_event_are_no_line() => Assert.Null(EventLines.From([1, 2, 3]));

    [Fact]
    public void A_filter_passes_what_it_names_and_every_loss()
    {
        EventFilter filter = new([EventKinds.File, EventKinds.Connect], "/srv");
        Assert.True(filter.Wants(new EventLine { Time = default, Kind = EventKinds.Written, Path = "/srv/a" }));
        Assert.True(filter.Wants(new EventLine { Time = default, Kind = EventKinds.Renamed, Path = "/tmp/a", NewPath = "/srv/a" }));
        Assert.True(filter.Wants(new EventLine { Time = default, Kind = EventKinds.Connect, Actor = new ProcessLine { Pid = 1, Executable = "/srv/bin" } }));
        Assert.True(filter.Wants(new EventLine { Time = default, Kind = EventKinds.Loss }));
        Assert.False(filter.Wants(new EventLine { Time = default, Kind = EventKinds.Written, Path = "/tmp/a" }));
        Assert.False(filter.Wants(new EventLine { Time = default, Kind = EventKinds.Start, Path = "/srv/a" }));
        Assert.Equal(TellKinds.File | TellKinds.Network, EventLines.SourcesOf(filter));
        Assert.Equal(TellKinds.Process | TellKinds.File | TellKinds.Network, EventLines.SourcesOf(new EventFilter(null, null)));
    }

    private static EventLine Line(TellEvent told)
    {
        byte[] bytes = new byte[Protocol.MaxEventBytes];
        EventLine? line = EventLines.From(bytes.AsSpan(0, told.Write(bytes)));
        Assert.NotNull(line);
        return line;
    }
}

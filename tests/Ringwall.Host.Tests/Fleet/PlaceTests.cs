using Ringwall.Agent.Tests;
using Ringwall.Host.Tests.Generations;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using static Ringwall.Host.Tests.Fleet.FleetAtWork;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>A device that an operator moves to another ring: whom its host believes, and what that changes.</summary>
public sealed class PlaceTests : IDisposable
{
    private const string Five = "acme/marker/content-5.tar.gz";
    private const string Six = "acme/marker/content-6.tar.gz";
    private readonly FleetAtWork _at = new();

    public void Dispose() => _at.Dispose();

    private long Now => _at.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private PlaceOrder Order(string ring) => new() { Device = _at.Identity.Device, Ring = ring, Since = Now };

    [Fact]
    public void It_goes_where_the_operator_s_keys_say_and_stays_there_over_restarts()
    {
        _at.Begin();
        _at.Clock.Advance(TimeSpan.FromHours(1));
        byte[] place = _at.Fleet.Place(Order("broad") with { Seat = new PlaceSeat(new string('a', 16), 2, 5) });
        DoorReply moved = _at.Move(place);
        Done(moved);
        Assert.Equal(("broad", 2), (moved.Machine!.Identity!.Ring, moved.Machine.Identity.Seat!.Index));
        _at.StartAgain();
        Done(_at.Move(place));
        Assert.Equal(moved.Machine.Identity, _at.Hello(moved.Machine.Identity).Machine!.Identity);

        // What the agent knew before is another's now.
        Refused(_at.Hello(), "stays so");
    }

    [Fact]
    public void Releases_that_have_begun_see_it_where_it_was_and_later_ones_where_it_is()
    {
        _at.Begin();
        _at.Clock.Advance(TimeSpan.FromHours(1));
        OperatorOrder canary = TestFleet.Everybody(_at.Clock.GetUtcNow(), Cell);
        _at.Clock.Advance(TimeSpan.FromMinutes(1));
        Done(_at.Move(_at.Fleet.Place(Order("broad"))));

        // It had not seen this one yet: it was away when it began.
        _at.Clock.Advance(TimeSpan.FromMinutes(1));
        _at.Release(Five, TestPackage.Of("500", content: "500"), canary);
        Assert.Equal(DoorStanding.Wanted, Standing(Five));
        Done(_at.Install(Five));

        // Canary is not its ring any more; in its own nobody is let in, and then everybody.
        OperatorOrder later = TestFleet.Everybody(_at.Clock.GetUtcNow(), Cell);
        byte[] six = _at.Release(Six, TestPackage.Of("600", content: "600"), later);
        Assert.Equal(DoorStanding.NotExposed, Standing(Six));
        _at.Fleet.Order(Six, six, later with { Exposure = [ExposureShare.Of("broad", Cell, 1)] });
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        Assert.Equal(DoorStanding.Wanted, Standing(Six));
    }

    [Fact]
    public void Of_several_moves_the_one_before_which_a_release_began_counts()
    {
        _at.Begin();
        List<DateTimeOffset> began = [];
        foreach (string ring in (string[])["early", "broad", "critical"])
        {
            _at.Clock.Advance(TimeSpan.FromHours(1));
            began.Add(_at.Clock.GetUtcNow());
            _at.Clock.Advance(TimeSpan.FromHours(1));
            Done(_at.Move(_at.Fleet.Place(Order(ring))));
        }

        _at.StartAgain();
        _at.Clock.Advance(TimeSpan.FromHours(1));
        began.Add(_at.Clock.GetUtcNow());
        string[] rings = ["canary", "early", "broad", "critical"];
        for (int i = 0; i < rings.Length; i++)
        {
            string path = $"acme/marker/content-{10 + i}.tar.gz";
            _at.Release(path, TestPackage.Of($"{i}", content: $"{i}"), TestFleet.Everybody(began[i], Cell, rings[i]));
            Assert.Equal(DoorStanding.Wanted, Standing(path));
        }
    }

    [Theory]
    [InlineData("another key", "TooFewSignatures")]
    [InlineData("another device", "this is")]
    [InlineData("older", "older")]
    [InlineData("before it enrolled", "older")]
    [InlineData("a targets file", "WrongType")]
    [InlineData("not signed", "TooFewSignatures")]
    [InlineData("a changed ring", "TooFewSignatures")]
    [InlineData("nonsense", "NotJson")]
    [InlineData("another domain's seat", "Malformed")]
    public void Whatever_else_it_is_told_it_stays_where_it_is(string what, string because)
    {
        _at.Begin();
        long enrolled = _at.Identity.Since;
        _at.Clock.Advance(TimeSpan.FromHours(1));
        PlaceOrder old = Order("critical");
        _at.Clock.Advance(TimeSpan.FromHours(1));
        Done(_at.Move(_at.Fleet.Place(Order("broad"))));
        _at.Clock.Advance(TimeSpan.FromHours(1));
        byte[] right = _at.Fleet.Place(Order("canary"));
        byte[] lie = what switch
        {
            "another key" => _at.Fleet.Place(Order("canary"), TestFleet.NewKey()),
            "another device" => _at.Fleet.Place(Order("canary") with { Device = new string('8', 32) }),
            "older" => _at.Fleet.Place(old),
            "before it enrolled" => _at.Fleet.Place(Order("canary") with { Since = enrolled }),
            "a targets file" => _at.Fleet.Files.Last(file => file.Key.StartsWith("director/", StringComparison.Ordinal) && file.Key.EndsWith(".targets.json", StringComparison.Ordinal)).Value,
            "not signed" => FileSigning.Sign(Order("canary").Describe()),
            "a changed ring" => Changed(right, "canary", "critic"),
            "another domain's seat" => _at.Fleet.Place(Order("canary") with { Seat = new PlaceSeat("../../../../../..", 0, 1) }),
            _ => "place"u8.ToArray(),
        };
        Refused(_at.Move(lie), because);
        _at.StartAgain();
        Assert.Equal("broad", _at.Hello(_at.Identity with { Ring = "broad" }).Machine!.Identity!.Ring);

        // The control: the same, rightly signed.
        Done(_at.Move(right));
        Assert.Equal("canary", _at.Hello(_at.Identity).Machine!.Identity!.Ring);
    }

    [Fact]
    public void Who_is_nobody_is_not_moved_and_who_left_forgets_where_it_was()
    {
        _at.Lay();
        Refused(_at.Move(_at.Fleet.Place(Order("broad"))), "not enrolled");
        Done(_at.Hello());
        _at.Clock.Advance(TimeSpan.FromHours(1));
        Done(_at.Move(_at.Fleet.Place(Order("broad"))));
        Assert.Null(_at.Desk.Leave());
        Done(_at.Hello(_at.Identity with { Ring = "critical" }));
        _at.Release(Five, TestPackage.Of("500", "1.0", "500"), TestFleet.Everybody(_at.Clock.GetUtcNow().AddMinutes(-30), Cell, "critical"));
        Assert.Equal(DoorStanding.Wanted, Standing(Five));
    }

    private static byte[] Changed(byte[] file, string from, string to) =>
        System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(file).Replace(from, to, StringComparison.Ordinal));

    private string Standing(string path)
    {
        DoorReply reply = _at.Refresh();
        Done(reply);
        return reply.Releases!.Single(release => release.Path == path).Standing;
    }
}

using Ringwall.Host.Tests.Generations;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using static Ringwall.Host.Tests.Fleet.FleetAtWork;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>Who the host takes its device for, and whose word it takes for that.</summary>
public sealed class FleetIdentityTests : IDisposable
{
    private const string Five = "acme/marker/content-5.tar.gz";
    private const string Six = "acme/marker/content-6.tar.gz";
    private readonly FleetAtWork _at = new();

    public void Dispose() => _at.Dispose();

    [Theory]
    [InlineData("device")]
    [InlineData("ring")]
    [InlineData("since")]
    [InlineData("vendors")]
    [InlineData("director")]
    public void The_first_identity_is_kept_and_no_other_is_taken(string other)
    {
        _at.Lay();
        Done(_at.Hello());
        DoorIdentity lie = other switch
        {
            "device" => _at.Identity with { Device = new string('8', 32) },
            "ring" => _at.Identity with { Ring = "broad" },
            "since" => _at.Identity with { Since = 1 },
            "vendors" => _at.Identity with { VendorsRoot = new string('0', 64) },
            _ => _at.Identity with { DirectorRoot = new string('0', 64) },
        };
        Refused(_at.Hello(lie), "enrol --reset");
        _at.StartAgain();
        Refused(_at.Hello(lie), "enrol --reset");
        Done(_at.Hello());
        Assert.Equal(_at.Identity, _at.Hello().Machine!.Identity);

        // Root's word.
        Assert.Null(_at.Desk.Leave());
        Refused(_at.Refresh(), "not enrolled");
        if (other is "device" or "ring" or "since")
        {
            Done(_at.Hello(lie));
        }
        else
        {
            Refused(_at.Hello(lie), "not the one that this device was enrolled with");
        }
    }

    [Fact]
    public void Roots_of_an_identity_that_was_forgotten_half_way_are_not_believed_by_the_next()
    {
        _at.Lay();
        Done(_at.Hello());
        File.Delete(Path.Combine(_at.Configuration.StateDirectory, "fleet", "identity.json"));
        _at.StartAgain();
        Refused(_at.Hello(_at.Identity with { DirectorRoot = new string('0', 64) }), "not the one that this device was enrolled with");
        Done(_at.Hello());
        Done(_at.Refresh());
    }

    [Fact]
    public void A_seat_may_have_more_neighbours_and_no_other_place()
    {
        _at.Lay();
        DoorIdentity seated = _at.Identity with { Site = "lab", Seat = DeviceSeat.Of(7, 1, 2) };
        Done(_at.Hello(seated));
        Done(_at.Hello(seated with { Seat = DeviceSeat.Of(7, 1, 5) }));
        Refused(_at.Hello(seated with { Seat = DeviceSeat.Of(7, 2, 5) }), "seat");
        Refused(_at.Hello(seated with { Seat = DeviceSeat.Of(8, 1, 5) }), "seat");
        Refused(_at.Hello(seated with { Seat = DeviceSeat.Of(7, 1, 4) }), "seat");
        Refused(_at.Hello(seated with { Seat = null }), "seat");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("null")]
    [InlineData("a device without a ring")]
    public void An_identity_that_cannot_be_read_makes_no_room_for_another(string kept)
    {
        _at.Begin();
        byte[] six = _at.Release(Six, TestPackage.Of("600", content: "600"));
        Done(_at.Refresh());
        Done(_at.Install(Six));
        _at.Store.Promote("marker", 2);
        string file = Path.Combine(_at.Configuration.StateDirectory, "fleet", "identity.json");
        string was = File.ReadAllText(file);
        File.WriteAllText(file, kept switch
        {
            "garbage" => "{\"device\":",
            "empty" => "",
            "null" => "null",
            _ => was.Replace("\"canary\"", "\"\"", StringComparison.Ordinal),
        });
        _at.StartAgain();
        Refused(_at.Hello(), "enrol --reset");
        Refused(_at.Hello(_at.Identity with { Device = new string('8', 32) }), "enrol --reset");
        Refused(_at.Desk.Answer(new DoorRequest { Do = DoorVerb.Hello }), "enrol --reset");
        Refused(_at.Refresh(), "enrol --reset");
        Assert.NotNull(_at.Install(Six).Error);

        // Who it is does not matter to a halt.
        _at.Fleet.Order(Six, six, _at.Order with { IsWithdrawn = true, Exposure = [] });
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        Refused(_at.Refresh(), "all the same");
        Assert.Equal(1, _at.Store.InService("marker")!.Number);

        // Root's word.
        Assert.Null(_at.Desk.Leave());
        Done(_at.Hello());
        Done(_at.Refresh());
    }

    [Fact]
    public void What_a_newer_host_wrote_into_the_identity_is_passed_over()
    {
        _at.Begin();
        string file = Path.Combine(_at.Configuration.StateDirectory, "fleet", "identity.json");
        File.WriteAllText(file, "{\"news\":7," + File.ReadAllText(file)[1..]);
        _at.StartAgain();
        Done(_at.Refresh());
        Refused(_at.Hello(_at.Identity with { Ring = "broad" }), "stays so");
    }

    [Fact]
    public void Without_an_identity_nothing_is_refreshed_installed_or_believed()
    {
        _at.Lay();
        Refused(_at.Refresh(), "not enrolled");
        Refused(_at.Install(Five), "not enrolled");
        Assert.Null(_at.Hello(identity: null).Error);
        Refused(_at.Desk.Answer(new DoorRequest { Do = "promote" }), "nothing that can be asked");
    }
}

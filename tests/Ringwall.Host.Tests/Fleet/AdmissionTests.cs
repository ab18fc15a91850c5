using Ringwall.Agent.Tests;
using Ringwall.Host.Fleet;
using Ringwall.Rollouts;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>What is installed, when and by whom: a table, since admission reads nothing but its arguments.</summary>
public sealed class AdmissionTests
{
    private const string Cell = "debian 12 · 6.1 · x64 · marker";
    private static readonly DateTimeOffset Started = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);       // a Friday
    private static readonly DoorIdentity Device = Named(1, Started.AddDays(-10));
    private static readonly FleetSensor Marker = new("marker", "acme", new Dictionary<string, long>(), new HashSet<string>());
    private static readonly KeptStanding First = new("canary", Cell, 0);

    [Theory]
    [InlineData("as it is", DoorStanding.Wanted)]
    [InlineData("withdrawn", DoorStanding.Withdrawn)]
    [InlineData("withdrawn, and not for us", DoorStanding.Withdrawn)]
    [InlineData("no such sensor", DoorStanding.NotForUs)]
    [InlineData("another vendor's", DoorStanding.NotForUs)]
    [InlineData("no vendor configured", DoorStanding.NotForUs)]
    [InlineData("the number that is here", DoorStanding.NotForUs)]
    [InlineData("a lower number", DoorStanding.NotForUs)]
    [InlineData("a lower number of another stream", DoorStanding.Wanted)]
    [InlineData("a way back from what was never here", DoorStanding.NotForUs)]
    [InlineData("a way back from what is here", DoorStanding.Wanted)]
    [InlineData("urgent with one approval", DoorStanding.Refused)]
    [InlineData("urgent with one person's two approvals", DoorStanding.Refused)]
    [InlineData("urgent with two approvals", DoorStanding.Wanted)]
    [InlineData("exposure up to just before it", DoorStanding.NotExposed)]
    [InlineData("exposure of another ring", DoorStanding.NotExposed)]
    [InlineData("exposure of another cell", DoorStanding.NotExposed)]
    [InlineData("no exposure", DoorStanding.NotExposed)]
    [InlineData("pinned", DoorStanding.Held)]
    [InlineData("another device is pinned", DoorStanding.Wanted)]
    [InlineData("held everywhere", DoorStanding.Held)]
    [InlineData("outside its window", DoorStanding.Held)]
    [InlineData("inside its window", DoorStanding.Wanted)]
    [InlineData("outside another ring's window", DoorStanding.Wanted)]
    [InlineData("a release of another stream is on trial", DoorStanding.Held)]
    [InlineData("a release of its stream is on trial", DoorStanding.Wanted)]
    [InlineData("larger than any package", DoorStanding.NotForUs)]
    public void A_release_is(string what, string expected)
    {
        OperatorOrder order = TestFleet.Everybody(Started, Cell);
        ReleasePath path = new("acme", "marker", "content", 5);
        FleetSensor? sensor = Marker;
        KeptStanding standing = First;
        switch (what)
        {
            case "withdrawn": order = order with { IsWithdrawn = true }; break;
            case "withdrawn, and not for us": (order, sensor) = (order with { IsWithdrawn = true }, null); break;
            case "no such sensor": sensor = null; break;
            case "another vendor's": sensor = Marker with { Vendor = "other" }; break;
            case "no vendor configured": sensor = Marker with { Vendor = null }; break;
            case "the number that is here": sensor = Marker with { Newest = new Dictionary<string, long> { ["content"] = 5 } }; break;
            case "a lower number": sensor = Marker with { Newest = new Dictionary<string, long> { ["content"] = 6 } }; break;
            case "a lower number of another stream": sensor = Marker with { Newest = new Dictionary<string, long> { ["engine"] = 6, ["content"] = 4 } }; break;
            case "a way back from what was never here": order = order with { WayBackFrom = "acme/marker/content-4.tar.gz" }; break;
            case "a way back from what is here":
                order = order with { WayBackFrom = "acme/marker/content-4.tar.gz" };
                sensor = Marker with { Had = new HashSet<string> { "acme/marker/content-4.tar.gz" } };
                break;
            case "urgent with one approval": order = order with { IsUrgent = true, Approvals = [new Approval("ada", Started)] }; break;
            case "urgent with one person's two approvals": order = order with { IsUrgent = true, Approvals = [new Approval("ada", Started), new Approval("ada", Started.AddDays(1))] }; break;
            case "urgent with two approvals": order = order with { IsUrgent = true, Approvals = [new Approval("ada", Started), new Approval("bob", Started)] }; break;
            case "exposure up to just before it":
                order = order with { Exposure = [ExposureShare.Of("canary", Cell, 0.5)] };
                standing = First with { Position = 0.5 };
                break;
            case "exposure of another ring": standing = First with { Ring = "broad" }; break;
            case "exposure of another cell": standing = First with { Cell = "debian 13" }; break;
            case "no exposure": order = order with { Exposure = [] }; break;
            case "pinned": order = order with { Pinned = [OperatorOrder.PinOf(order.Salt, Device.Device)] }; break;
            case "another device is pinned": order = order with { Pinned = [OperatorOrder.PinOf(order.Salt, Named(2, Started).Device)] }; break;
            case "held everywhere": order = order with { IsHeld = true }; break;
            case "outside its window": order = order with { Windows = [new InstallWindow(DayOfWeek.Friday, 0, 60)] }; break;
            case "inside its window": order = order with { Windows = [new InstallWindow(DayOfWeek.Friday, 720, 780)] }; break;
            case "outside another ring's window": order = order with { Windows = [new InstallWindow(DayOfWeek.Friday, 0, 60, "critical")] }; break;
        }

        AgreedRelease release = Agreed(path, order);
        switch (what)
        {
            case "a release of another stream is on trial": sensor = Marker with { Trying = new ReleasePath("acme", "marker", "engine", 3) }; break;
            case "a release of its stream is on trial": sensor = Marker with { Trying = new ReleasePath("acme", "marker", "content", 4) }; break;
            case "larger than any package": release = release with { File = new TargetFile(path.Text, PackageLimits.PackageBytes + 1, DigestSet.Of([1]), null) }; break;
        }

        AdmissionAnswer answer = Admission.Decide(release, Device, standing, sensor, Started);
        Assert.True(answer.Standing == expected, $"{what}: {answer}");
        Assert.NotEmpty(answer.Because);
    }

    [Fact]
    public void As_many_devices_are_exposed_as_the_order_says_and_once_in_is_in()
    {
        const int Devices = 2000;
        HashSet<int> before = [];
        foreach (double exposure in (double[])[0, 0.01, 0.25, 0.5, 1])
        {
            OperatorOrder order = TestFleet.Everybody(Started, Cell) with { Exposure = [ExposureShare.Of("canary", Cell, exposure)] };
            AgreedRelease release = Agreed(new ReleasePath("acme", "marker", "content", 5), order);
            HashSet<int> exposed =
            [
                .. Enumerable.Range(0, Devices).Where(number =>
                {
                    DoorIdentity device = Named(number, Started.AddDays(-1));
                    return Admission.Decide(release, device, Admission.Stand(release, device, Cell), Marker, Started).Standing == DoorStanding.Wanted;
                }),
            ];
            Assert.Superset(before, exposed);
            Assert.InRange(exposed.Count, (exposure * Devices) - 90, (exposure * Devices) + 90);
            before = exposed;
        }

        Assert.Equal(Devices, before.Count);
    }

    [Fact]
    public void Who_joined_after_the_start_stands_behind_all_that_were_exposed_then()
    {
        OperatorOrder order = TestFleet.Everybody(Started, Cell) with { Exposure = [ExposureShare.Of("canary", Cell, 0.3)] };
        AgreedRelease release = Agreed(new ReleasePath("acme", "marker", "content", 5), order);
        Assert.All(Enumerable.Range(0, 500), number =>
        {
            KeptStanding late = Admission.Stand(release, Named(number, Started.AddMinutes(5)), Cell);
            KeptStanding early = Admission.Stand(release, Named(number, Started.AddMinutes(-5)), Cell);
            Assert.InRange(late.Position, 0.3, 1);
            Assert.Equal(Membership.LateJoiner(early.Position, order.ExposureOf("canary", Cell)), late.Position);
        });
        Assert.Contains(Enumerable.Range(0, 500), number => Admission.Stand(release, Named(number, Started.AddMinutes(-5)), Cell).Position < 0.3);
    }

    [Fact]
    public void Who_joins_when_everybody_may_have_it_may_have_it()
    {
        AgreedRelease release = Agreed(new ReleasePath("acme", "marker", "content", 5), TestFleet.Everybody(Started, Cell));
        DoorIdentity late = Named(3, Started.AddDays(1));
        Assert.Equal(DoorStanding.Wanted, Admission.Decide(release, late, Admission.Stand(release, late, Cell), Marker, Started).Standing);
    }

    [Fact]
    public void A_seat_stands_where_the_rules_of_the_fleet_put_it()
    {
        AgreedRelease release = Agreed(new ReleasePath("acme", "marker", "content", 5), TestFleet.Everybody(Started, Cell));
        double[] positions = [.. Enumerable.Range(0, 4).Select(index => Admission.Stand(release, Device with { Seat = DeviceSeat.Of(77, index, 4) }, Cell).Position).Order()];
        Assert.All(positions.Zip(positions.Skip(1)), pair => Assert.Equal(0.25, pair.Second - pair.First, 9));
    }

    private static DoorIdentity Named(int number, DateTimeOffset since) => new()
    {
        Device = number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), Ring = "canary", Since = since.ToUnixTimeMilliseconds(), VendorsRoot = "", DirectorRoot = "",
    };

    private static AgreedRelease Agreed(ReleasePath path, OperatorOrder order) =>
        new(path, new TargetFile(path.Text, 1, DigestSet.Of([1]), null), "acme", new VendorStatement("1", null), order);
}

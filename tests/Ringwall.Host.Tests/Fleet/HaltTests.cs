using Ringwall.Host.Tests.Generations;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using static Ringwall.Host.Tests.Fleet.FleetAtWork;

namespace Ringwall.Host.Tests.Fleet;

/// <summary>What the operator takes back is taken back, whatever else has become of vendors, books and agents.</summary>
public sealed class HaltTests : IDisposable
{
    private const string Five = "acme/marker/content-5.tar.gz";
    private const string Six = "acme/marker/content-6.tar.gz";
    private readonly FleetAtWork _at = new();

    public void Dispose() => _at.Dispose();

    [Fact]
    public void A_withdrawn_release_falls_back_by_itself_and_its_way_back_is_the_same_generation_under_a_new_number()
    {
        _at.Begin();
        byte[] before = _at.Release(Five, Content("500"));
        Done(_at.Refresh());
        Done(_at.Install(Five));
        _at.Store.Pass("marker", 2);
        _at.Store.Promote("marker", 2);
        byte[] six = _at.Release(Six, Content("600"));
        Done(_at.Refresh());
        Done(_at.Install(Six));
        _at.Store.Promote("marker", 3);

        _at.Fleet.Order(Six, six, _at.Order with { IsWithdrawn = true, Exposure = [] });
        const string Back = "acme/marker/content-7.tar.gz";
        TargetFile file = _at.Fleet.Release(Back, before, "500", _at.Order with { WayBackFrom = Six });
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        _at.Package(file, before);
        IReadOnlyList<DoorRelease> releases = _at.Refresh().Releases!;
        Assert.Equal(DoorStanding.Withdrawn, releases.Single(release => release.Path == Six).Standing);
        Assert.Equal(2, _at.Store.InService("marker")!.Number);
        Assert.Contains("withdrawn by the operator", _at.Store.Of("marker").Single(one => one.Number == 3).Why!, StringComparison.Ordinal);
        Assert.Equal(ReleaseState.Fallback, _at.StateOf(Six));

        Done(_at.Install(Back));
        Assert.Equal(3, _at.Store.Of("marker").Max(one => one.Number));
        Assert.Equal(ReleaseState.InService, _at.StateOf(Back));
        Assert.Equal(ReleaseState.Superseded, _at.StateOf(Five));
    }

    [Theory]
    [InlineData("the vendor says nothing of it any more")]
    [InlineData("the operator removed the vendor")]
    [InlineData("the vendors' files have expired")]
    [InlineData("the vendors' files are garbage")]
    [InlineData("the vendor describes it differently")]
    [InlineData("the rest of the order is no order")]
    public void A_halt_needs_no_vendor(string what)
    {
        _at.Begin();
        byte[] six = _at.Release(Six, Content("600"));
        Done(_at.Refresh());
        Done(_at.Install(Six));
        _at.Store.Promote("marker", 2);
        switch (what)
        {
            case "the vendor says nothing of it any more": _at.Fleet.Unstate(Six); break;
            case "the operator removed the vendor": _at.Fleet.IsVendorKnown = false; break;
            case "the vendor describes it differently": _at.Fleet.State(Six, [1, 2, 3], "601"); break;
            case "the vendors' files have expired": _at.Clock.Advance(TimeSpan.FromHours(30)); break;
        }

        OperatorOrder order = _at.Order with { IsWithdrawn = true, Exposure = [] };
        _at.Fleet.Order(Six, six, what == "the rest of the order is no order" ? order with { Salt = "x" } : order);
        byte[] stamp = _at.Fleet.Files["vendors/timestamp.json"];
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        if (what is "the vendors' files have expired" or "the vendors' files are garbage")
        {
            _at.Put("vendors/timestamp.json", what == "the vendors' files are garbage" ? [0xFF] : stamp);
            Refused(_at.Refresh(), "vendors");
        }
        else
        {
            Assert.Equal(DoorStanding.Withdrawn, Standing(Six));
        }

        Assert.Equal(1, _at.Store.InService("marker")!.Number);
        Assert.Equal(ReleaseState.Fallback, _at.StateOf(Six));
        Assert.NotNull(_at.Install(Six).Error);
    }

    [Fact]
    public void A_hello_that_is_refused_stops_no_halt()
    {
        _at.Begin();
        byte[] six = _at.Release(Six, Content("600"));
        Done(_at.Refresh());
        Done(_at.Install(Six));
        _at.Store.Promote("marker", 2);
        _at.Fleet.Order(Six, six, _at.Order with { IsWithdrawn = true, Exposure = [] });
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        Refused(_at.Hello(_at.Identity with { Site = "lab", Seat = DeviceSeat.Of(7, 1, 2) }), "stays so");
        Assert.Equal(DoorStanding.Withdrawn, Standing(Six));
        Assert.Equal(1, _at.Store.InService("marker")!.Number);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("broken")]
    [InlineData("as it was before the release came")]
    public void What_is_installed_speaks_for_itself_when_the_ledger_does_not(string ledger)
    {
        _at.Begin();
        string file = Path.Combine(_at.Configuration.StateDirectory, "fleet", "ledger.json");
        byte[] six = _at.Release(Six, Content("600"));
        Done(_at.Refresh());
        byte[] before = File.ReadAllBytes(file);
        Done(_at.Install(Six));
        switch (ledger)
        {
            case "lost": File.Delete(file); break;
            case "broken": File.WriteAllText(file, "{"); break;
            default: File.WriteAllBytes(file, before); break;
        }

        _at.StartAgain();
        Assert.Equal(ReleaseState.Probation, _at.StateOf(Six));
        _at.Store.Promote("marker", 2);
        Assert.Equal(ReleaseState.InService, _at.StateOf(Six));
        Assert.Equal(DoorStanding.Installed, Standing(Six));
        _at.Fleet.Order(Six, six, _at.Order with { IsWithdrawn = true, Exposure = [] });
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        Assert.Equal(DoorStanding.Withdrawn, Standing(Six));
        Assert.Equal(1, _at.Store.InService("marker")!.Number);
        Assert.Equal(ReleaseState.Fallback, _at.StateOf(Six));
    }

    [Fact]
    public void A_ledger_that_cannot_be_written_does_not_keep_what_is_installed_from_being_taken_back()
    {
        _at.Begin();
        byte[] six = _at.Release(Six, Content("600"));
        Done(_at.Refresh());
        string ledger = Path.Combine(_at.Configuration.StateDirectory, "fleet", "ledger.json");
        File.Delete(ledger);
        Directory.CreateDirectory(Path.Combine(ledger, "in the way"));
        Done(_at.Install(Six));
        Directory.Delete(ledger, recursive: true);
        _at.StartAgain();
        _at.Store.Promote("marker", 2);
        _at.Fleet.Order(Six, six, _at.Order with { IsWithdrawn = true, Exposure = [] });
        _at.Fleet.Publish(_at.Clock.GetUtcNow());
        _at.Lay();
        Assert.Equal(DoorStanding.Withdrawn, Standing(Six));
        Assert.Equal(1, _at.Store.InService("marker")!.Number);
    }

    private static TestPackage Content(string version) => TestPackage.Of(version, content: version);

    private string Standing(string path)
    {
        DoorReply reply = _at.Refresh();
        Done(reply);
        return reply.Releases!.Single(release => release.Path == path).Standing;
    }
}

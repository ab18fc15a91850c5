using System.Text;

namespace Ringwall.Trust.Tests;

/// <summary>Two repositories: neither the vendor nor the operator alone reaches a device.</summary>
public sealed class AgreementTests
{
    private const string Path = "acme/av/content-41.tar.gz";
    private static readonly byte[] Package = Encoding.UTF8.GetBytes("a package");

    private readonly SimulatedRepository _vendors = new();
    private readonly SimulatedRepository _director = new();
    private readonly Device _vendorsSeen;
    private readonly Device _directorSeen;

    public AgreementTests()
    {
        _vendorsSeen = new Device(_vendors);
        _directorSeen = new Device(_director);
        _vendors.Delegate(RoleName.Targets, "acme", true, "acme/*/*");
        _vendors.Delegate(RoleName.Targets, "other", true, "other/*/*");
    }

    private static OperatorOrder Order => new()
    {
        Salt = "00112233445566778899aabbccddeeff",
        StartedAt = SimulatedRepository.Start,
        Exposure = [ExposureShare.Of("canary", "debian-12", 1), ExposureShare.Of("early", "debian-12", 0.25)],
        Windows = [new InstallWindow(DayOfWeek.Friday, 60, 120)],
        Pinned = [OperatorOrder.PinOf("00112233445566778899aabbccddeeff", "device-7")],
        Approvals = [new Approval("ada", SimulatedRepository.Start), new Approval("bob", SimulatedRepository.Start)],
        IsUrgent = true,
    };

    [Fact]
    public void What_both_say_is_a_release()
    {
        AgreedRelease release = Agree(new VendorStatement("2030.41", new string('a', 64)).Describe(), Order.Describe());
        Assert.Equal(new ReleasePath("acme", "av", "content", 41), release.Path);
        Assert.Equal("acme", release.SignedBy);
        Assert.Equal("2030.41", release.Vendor.Version);
        Assert.Equal(new string('a', 64), release.Vendor.Schema);
        Assert.Equal(Package.Length, release.File.Length);
        Assert.Equal([Path], AgreedRelease.Offered(_directorSeen.Trusted));

        OperatorOrder order = release.Operator;
        Assert.Equal(1, order.ExposureOf("canary", "debian-12"));
        Assert.Equal(0.25, order.ExposureOf("early", "debian-12"));
        Assert.Equal(0, order.ExposureOf("early", "debian-13"));
        Assert.Equal(0, order.ExposureOf("broad", "debian-12"));
        Assert.True(order.IsPinned("device-7"));
        Assert.False(order.IsPinned("device-8"));
        Assert.DoesNotContain("device-7", order.Pinned);
        Assert.Equal(Order.Salt, order.Salt);
        Assert.Equal(Order.StartedAt, order.StartedAt);
        Assert.Equal(Order.Approvals, order.Approvals);
        Assert.True(order.IsUrgent);

        // 1 March 2030 is a Friday.
        DateTimeOffset friday = new(2030, 3, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.False(order.IsOpen(friday.AddMinutes(59)));
        Assert.True(order.IsOpen(friday.AddMinutes(60)));
        Assert.True(order.IsOpen(friday.AddMinutes(119).ToOffset(TimeSpan.FromHours(9))));
        Assert.False(order.IsOpen(friday.AddMinutes(120)));
        Assert.False(order.IsOpen(friday.AddDays(1).AddMinutes(60)));
        Assert.True((order with { Windows = [] }).IsOpen(friday));
    }

    [Fact]
    public void What_a_vendor_alone_says_is_none()
    {
        Vendor("acme", Package);
        Publish();
        Assert.Empty(AgreedRelease.Offered(_directorSeen.Trusted));
        Assert.Equal(RejectionReason.NoSuchTarget, Refused());
    }

    [Fact]
    public void What_the_operator_alone_says_is_none()
    {
        Operator(Package);
        Publish();
        Assert.Equal(RejectionReason.NoSuchTarget, Refused());
    }

    [Fact]
    public void What_another_vendor_says_of_it_is_none()
    {
        Vendor("other", Package);
        Operator(Package);
        Publish();
        Assert.Equal(RejectionReason.NoSuchTarget, Refused());
    }

    [Theory]
    [InlineData("b package")]
    [InlineData("a package that is longer")]
    public void Where_they_differ_there_is_none(string other)
    {
        Vendor("acme", Package);
        Operator(Encoding.UTF8.GetBytes(other));
        Publish();
        Assert.Equal(RejectionReason.Disagreement, Refused());
    }

    [Fact]
    public void A_length_alone_that_differs_is_a_difference()
    {
        Vendor("acme", Package);
        _director.Draft().Set(new TargetFile(Path, Package.Length + 1, DigestSet.Of(Package), Order.Describe()));
        Publish();
        Assert.Equal(RejectionReason.Disagreement, Refused());
    }

    [Fact]
    public void A_digest_that_only_one_of_them_states_is_a_difference()
    {
        Vendor("acme", Package);
        DigestSet two = DigestSet.Read(MetaValue.Map.Empty
            .With("sha256", MetaValue.Of(DigestSet.Of(Package).Preferred!))
            .With("sha512", MetaValue.Of(Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(Package)))));
        _director.Draft().Set(new TargetFile(Path, Package.Length, two, Order.Describe()));
        Publish();
        Assert.Equal(RejectionReason.Disagreement, Refused());
    }

    [Fact]
    public void Digests_that_nobody_here_understands_are_none()
    {
        DigestSet odd = DigestSet.Read(MetaValue.Map.Empty.With("blake9", MetaValue.Of("00")));
        Assert.Null(odd.Preferred);
        TargetFile file = new(Path, Package.Length, odd, new VendorStatement("1", null).Describe());
        _vendors.Draft("acme").Set(file);
        _director.Draft().Set(file with { Custom = Order.Describe() });
        Publish();
        Assert.Equal(RejectionReason.NoKnownDigest, Refused());
        Assert.Equal(RejectionReason.NoKnownDigest, Assert.Throws<UpdateRejectedException>(file.NewCheck).Reason);
        Assert.Equal(RejectionReason.NoKnownDigest, Assert.Throws<UpdateRejectedException>(() => file.PathToFetch(isConsistentSnapshot: true)).Reason);
    }

    [Fact]
    public void The_operator_may_not_delegate()
    {
        Vendor("acme", Package);
        Operator(Package);
        _director.Delegate(RoleName.Targets, "helper", true, "*/*/*");
        Publish();
        Assert.Equal(RejectionReason.DelegationRefused, Refused());
        Assert.Equal(RejectionReason.DelegationRefused, Assert.Throws<UpdateRejectedException>(() => AgreedRelease.Offered(_directorSeen.Trusted)).Reason);
    }

    [Fact]
    public void An_operator_that_was_not_refreshed_says_nothing()
    {
        Vendor("acme", Package);
        Operator(Package);
        Publish();
        _director.Now += TimeSpan.FromDays(2);
        Assert.Equal(RejectionReason.Expired, _directorSeen.RefreshRefused());
        Assert.Throws<InvalidOperationException>(() => AgreedRelease.Agree(_directorSeen.Trusted, _vendorsSeen.Search(Path), Path));
        Assert.Throws<InvalidOperationException>(() => AgreedRelease.Offered(_directorSeen.Trusted));
    }

    [Fact]
    public void A_search_for_another_path_is_a_mistake()
    {
        Vendor("acme", Package);
        Operator(Package);
        _director.AddTarget("acme/av/content-42.tar.gz", Package, custom: Order.Describe());
        Publish();
        Assert.Throws<ArgumentException>(() => AgreedRelease.Agree(_directorSeen.Trusted, _vendorsSeen.Search(Path), "acme/av/content-42.tar.gz"));
    }

    public static TheoryData<string, string, RejectionReason> BadOrders => new()
    {
        { "salt", "null", RejectionReason.Malformed },
        { "salt", "\"00112233445566778899aabbccddee\"", RejectionReason.Malformed },
        { "salt", "\"00112233445566778899aabbccddeeff0\"", RejectionReason.Malformed },
        { "salt", "\"00112233445566778899AABBCCDDEEFF\"", RejectionReason.Malformed },
        { "started", "\"2030-03-01\"", RejectionReason.Malformed },
        { "exposure", "{}", RejectionReason.Malformed },
        { "exposure", """[{"ring":"a","cell":"b","share":-1}]""", RejectionReason.Malformed },
        { "exposure", """[{"ring":"a","cell":"b","share":9007199254740993}]""", RejectionReason.Malformed },
        { "exposure", """[{"ring":"a","cell":"b","share":1},{"ring":"a","cell":"b","share":2}]""", RejectionReason.Malformed },
        { "exposure", """[{"ring":"a","share":1}]""", RejectionReason.Malformed },
        { "windows", """[{"day":7,"from":0,"until":1}]""", RejectionReason.Malformed },
        { "windows", """[{"day":1,"from":5,"until":5}]""", RejectionReason.Malformed },
        { "windows", """[{"day":1,"from":0,"until":1441}]""", RejectionReason.Malformed },
        { "windows", """[{"day":1,"from":1440,"until":1441}]""", RejectionReason.Malformed },
        { "pinned", "[1]", RejectionReason.Malformed },
        { "urgent", "1", RejectionReason.Malformed },
        { "approvals", "[]", RejectionReason.TooFewApprovals },
        { "approvals", """[{"by":"ada","at":"2030-03-01T00:00:00Z"},{"by":"ada","at":"2030-03-02T00:00:00Z"}]""", RejectionReason.TooFewApprovals },
        { "approvals", """[{"by":"ada"}]""", RejectionReason.Malformed },
    };

    [Theory, MemberData(nameof(BadOrders))]
    public void An_order_that_makes_no_sense_is_refused(string field, string json, RejectionReason reason)
    {
        MetaValue.Map order = Order.Describe().With(field, MetaReader.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(reason, Assert.Throws<UpdateRejectedException>(() => Agree(new VendorStatement("1", null).Describe(), order)).Reason);
    }

    [Fact]
    public void Without_urgency_no_approval_is_asked_for() =>
        Agree(new VendorStatement("1", null).Describe(), (Order with { IsUrgent = false, Approvals = [] }).Describe());

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Both_must_say_something(bool vendor, bool director) => Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(
        () => Agree(vendor ? new VendorStatement("1", null).Describe() : null, director ? Order.Describe() : null)).Reason);

    [Theory]
    [InlineData("""{"version":""}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{}""")]
    [InlineData("""{"version":"1","schema":"00"}""")]
    [InlineData("""{"version":"1","schema":null}""")]
    [InlineData("""{"version":"1","schema":"ZZaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""")]
    public void A_statement_that_makes_no_sense_is_refused(string json) => Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(
        () => Agree(MetaReader.ReadMap(Encoding.UTF8.GetBytes(json)), Order.Describe())).Reason);

    [Theory]
    [InlineData("acme/av/engine-1.tar.gz")]
    [InlineData("acme/av/content-9007199254740991.tar.gz")]
    [InlineData("a-b/c0/engine-20.tar.gz")]
    public void A_path_of_a_release_has_one_spelling(string path) => Assert.Equal(path, ReleasePath.Read(path).Text);

    [Theory]
    [InlineData("")]
    [InlineData("acme/av/content-0.tar.gz")]
    [InlineData("acme/av/content-01.tar.gz")]
    [InlineData("acme/av/content--1.tar.gz")]
    [InlineData("acme/av/content-.tar.gz")]
    [InlineData("acme/av/content-9007199254740992.tar.gz")]
    [InlineData("acme/av/content-99999999999999999999.tar.gz")]
    [InlineData("acme/av/content-1.tgz")]
    [InlineData("acme/av/content1.tar.gz")]
    [InlineData("acme/av/driver-1.tar.gz")]
    [InlineData("acme/av/kill-switch-1.tar.gz")]
    [InlineData("acme/av/-1.tar.gz")]
    [InlineData("acme/content-1.tar.gz")]
    [InlineData("acme/av/x/content-1.tar.gz")]
    [InlineData("/av/content-1.tar.gz")]
    [InlineData("../av/content-1.tar.gz")]
    [InlineData("Acme/av/content-1.tar.gz")]
    [InlineData("-acme/av/content-1.tar.gz")]
    [InlineData("acme/av-/content-1.tar.gz")]
    [InlineData("acme/ä/content-1.tar.gz")]
    [InlineData("acme/av/content-١.tar.gz")]
    [InlineData("acme/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/content-1.tar.gz")]
    public void What_is_no_path_of_a_release_is_refused(string path) =>
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => ReleasePath.Read(path)).Reason);

    // A share is rounded down, so that the device whose position is the exposure stays out, as the rule has it.
    [Fact]
    public void An_exposure_survives_the_way_through_signed_files()
    {
        Random random = new(53);
        int inexact = 0;
        for (int i = 0; i < 10_000; i++)
        {
            double exposure = random.NextDouble() / (1 + random.Next(1_000));
            double arrived = ExposureShare.Of("r", "c", exposure).Exposure;
            Assert.True(arrived <= exposure && exposure - arrived < 1.0 / (1L << 53));
            inexact += arrived == exposure ? 0 : 1;
        }

        Assert.InRange(inexact, 1, 10_000);
        Assert.Equal(1, ExposureShare.Of("r", "c", 1).Exposure);
        Assert.Equal(0, ExposureShare.Of("r", "c", 0).Exposure);
        Assert.Throws<ArgumentOutOfRangeException>(() => ExposureShare.Of("r", "c", 1.0001));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExposureShare.Of("r", "c", double.NaN));
    }

    [Theory]
    [InlineData("acme/av/content-40.tar.gz", null, false)]
    [InlineData(null, "acme/av/content-40.tar.gz", false)]
    [InlineData("acme/av/content-40.tar.gz", "acme/av/content-39.tar.gz", false)]
    [InlineData("acme/av/content-40.tar.gz", "acme/av/content-40.tar.gz", true)]
    [InlineData(null, null, true)]
    public void A_way_back_is_one_from_the_release_that_both_name(string? vendor, string? order, bool isOne)
    {
        MetaValue.Map said = new VendorStatement("1", null, vendor).Describe();
        MetaValue.Map ordered = (Order with { WayBackFrom = order }).Describe();
        if (isOne)
        {
            Assert.Equal(vendor, Agree(said, ordered).Operator.WayBackFrom);
        }
        else
        {
            Assert.Equal(RejectionReason.Disagreement, Assert.Throws<UpdateRejectedException>(() => Agree(said, ordered)).Reason);
        }
    }

    [Fact]
    public void To_take_a_release_back_the_operator_is_enough_and_the_rest_of_the_order_does_not_matter()
    {
        _director.AddTarget(Path, Package, custom: MetaReader.ReadMap("""{"withdrawn":true,"salt":"no salt"}"""u8.ToArray()));
        _director.AddTarget("acme/av/content-42.tar.gz", Package, custom: Order.Describe());
        _director.AddTarget("acme/av/content-43.tar.gz", Package);
        _director.AddTarget("acme/av/content-44.tar.gz", Package, custom: MetaReader.ReadMap("""{"withdrawn":"perhaps"}"""u8.ToArray()));
        Publish();
        Assert.True(AgreedRelease.IsWithdrawn(_directorSeen.Trusted, Path));
        Assert.False(AgreedRelease.IsWithdrawn(_directorSeen.Trusted, "acme/av/content-42.tar.gz"));
        Assert.False(AgreedRelease.IsWithdrawn(_directorSeen.Trusted, "acme/av/content-43.tar.gz"));
        Assert.False(AgreedRelease.IsWithdrawn(_directorSeen.Trusted, "acme/av/content-1.tar.gz"));
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => AgreedRelease.IsWithdrawn(_directorSeen.Trusted, "acme/av/content-44.tar.gz")).Reason);
    }

    [Fact]
    public void What_was_fresh_in_the_refresh_is_held_against_the_time_that_has_passed_since()
    {
        _ = Agree(new VendorStatement("1", null).Describe(), Order.Describe());
        TrustedRepository director = _directorSeen.Trusted;
        director.RequireFresh(SimulatedRepository.Start.AddHours(23));
        director.RequireFresh(SimulatedRepository.Start);
        Assert.Equal(RejectionReason.Expired, Assert.Throws<UpdateRejectedException>(() => director.RequireFresh(SimulatedRepository.Start.AddHours(24))).Reason);

        // Time that was seen to pass does not come back.
        Assert.Equal(RejectionReason.Expired, Assert.Throws<UpdateRejectedException>(() => director.RequireFresh(SimulatedRepository.Start)).Reason);
        _director.Now = SimulatedRepository.Start.AddHours(25);
        _director.PublishAll();
        _directorSeen.Refresh();
        _directorSeen.Trusted.RequireFresh(_director.Now);
        Assert.Throws<InvalidOperationException>(() => TrustedRepository.Load(_directorSeen.Disk).RequireFresh(_director.Now));
    }

    private AgreedRelease Agree(MetaValue.Map? statement, MetaValue.Map? order)
    {
        _vendors.AddTarget(Path, Package, "acme", statement);
        _director.AddTarget(Path, Package, custom: order);
        Publish();
        return AgreedRelease.Agree(_directorSeen.Trusted, _vendorsSeen.Search(Path), Path);
    }

    private RejectionReason Refused() =>
        Assert.Throws<UpdateRejectedException>(() => AgreedRelease.Agree(_directorSeen.Trusted, _vendorsSeen.Search(Path), Path)).Reason;

    private void Vendor(string role, byte[] content) => _vendors.AddTarget(Path, content, role, new VendorStatement("1", null).Describe());

    private void Operator(byte[] content) => _director.AddTarget(Path, content, custom: Order.Describe());

    private void Publish()
    {
        _vendors.PublishAll();
        _director.PublishAll();
        _vendorsSeen.Refresh();
        _directorSeen.Refresh();
    }
}

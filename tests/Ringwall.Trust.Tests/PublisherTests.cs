namespace Ringwall.Trust.Tests;

/// <summary>The repository's side: what keepers of offline keys sign, and what is added online.</summary>
public sealed class PublisherTests
{
    private static readonly DateTimeOffset Start = SimulatedRepository.Start;

    private readonly ISigner[] _root = [TestKeys.New(), TestKeys.New(), TestKeys.New()];
    private readonly ISigner _targets = TestKeys.New();
    private readonly ISigner _vendor = TestKeys.New();
    private readonly OnlineKeys _online = new([TestKeys.New()], [TestKeys.New()], TimeSpan.FromDays(10), TimeSpan.FromDays(1));
    private readonly Dictionary<string, byte[]> _served = [];
    private readonly Publisher _publisher;
    private readonly Device _device;
    private DateTimeOffset _now = Start;

    public PublisherTests()
    {
        RootDraft draft = new() { Expires = Start.AddYears(1) };
        foreach (ISigner key in _root)
        {
            draft.AddKey(RoleName.Root, key.Key);
        }

        draft.SetThreshold(RoleName.Root, 2)
            .AddKey(RoleName.Targets, _targets.Key)
            .AddKey(RoleName.Snapshot, _online.Snapshot[0].Key)
            .AddKey(RoleName.Timestamp, _online.Timestamp[0].Key);
        byte[] root = FileSigning.Sign(draft.Body(), _root[0], _root[2]);
        _publisher = Publisher.Open(new Dictionary<string, byte[]> { [RoleName.Root] = root });
        _device = new Device(root, _served, () => _now);
    }

    [Fact]
    public void A_publication_is_laid_out_from_the_end_that_is_asked_for_last()
    {
        IReadOnlyList<PublishedFile> files = Publish((RoleName.Targets, Targets()));
        Assert.Equal(["1.targets.json", "1.snapshot.json", "timestamp.json"], files.Select(file => file.Name));
        _device.Refresh();
        Assert.Equal((1, 1, 1, 1), _device.Versions);
        Assert.Equal(_served["1.targets.json"], _publisher.Files[RoleName.Targets]);
    }

    [Fact]
    public void A_fresh_timestamp_needs_no_new_snapshot_until_half_of_its_life_is_over()
    {
        Publish((RoleName.Targets, Targets()));
        _device.Refresh();
        _now = Start.AddDays(4);
        Assert.Equal(["timestamp.json"], Publish().Select(file => file.Name));
        _device.Refresh();
        Assert.Equal((1, 2, 1, 1), _device.Versions);
        _now = Start.AddDays(6);
        Assert.Equal(["2.snapshot.json", "timestamp.json"], Publish().Select(file => file.Name));
        _device.Refresh();
        Assert.Equal((1, 3, 2, 1), _device.Versions);
    }

    [Fact]
    public void A_vendor_publishes_by_itself_within_what_was_delegated()
    {
        Publish((RoleName.Targets, Targets(draft => draft.Delegate("acme", [_vendor.Key], 1, ["acme/*/*"]))), ("acme", Vendor("acme/av/content-1.tar.gz", _vendor)));
        Publish(("acme", Vendor("acme/av/content-2.tar.gz", _vendor)));
        _device.Refresh();
        Assert.Equal(2, _device.Find("acme/av/content-2.tar.gz").Length);
        Assert.Equal(RejectionReason.NoSuchTarget, _device.FindRefused("acme/av/content-1.tar.gz"));
    }

    [Fact]
    public void What_devices_would_refuse_is_not_published()
    {
        Publish((RoleName.Targets, Targets(draft => draft.Delegate("acme", [_vendor.Key], 1, ["acme/*/*"]))), ("acme", Vendor("acme/av/content-1.tar.gz", _vendor)));
        Dictionary<string, byte[]> before = new(_publisher.Files);

        Assert.Equal(RejectionReason.TooFewSignatures, Refused((RoleName.Targets, FileSigning.Sign(new TargetsDraft { Version = 2, Expires = _now.AddDays(1) }.Body(), _vendor))));
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(("acme", Vendor("acme/av/content-2.tar.gz", _targets))));
        Assert.Equal(RejectionReason.VersionMismatch, Refused((RoleName.Targets, Targets(draft => draft.Version = 1))));
        Assert.Equal(RejectionReason.VersionMismatch, Refused(("acme", FileSigning.Sign(new TargetsDraft { Expires = _now.AddDays(1) }.Body(), _vendor))));
        Assert.Equal(RejectionReason.Expired, Refused((RoleName.Targets, Targets(draft => draft.Expires = _now))));
        Assert.Equal(RejectionReason.Expired, Refused(("acme", Vendor("acme/av/content-2.tar.gz", _vendor, _now))));
        Assert.Equal(RejectionReason.NotJson, Refused(("acme", [1, 2, 3])));
        Assert.Equal(before, _publisher.Files);
        Assert.Equal(RejectionReason.TooFewSignatures, Assert.Throws<UpdateRejectedException>(
            () => _publisher.Publish(new Dictionary<string, byte[]>(), _online with { Timestamp = _online.Snapshot }, _now)).Reason);
        Assert.Equal(before, _publisher.Files);
    }

    [Fact]
    public void A_vendor_whose_file_is_believed_no_more_stops_nobody_else()
    {
        ISigner other = TestKeys.New();
        byte[] both = Targets(draft => draft.Delegate("acme", [_vendor.Key], 1, ["acme/*/*"]).Delegate("other", [other.Key], 1, ["other/*/*"]));
        Publish((RoleName.Targets, both), ("acme", Vendor("acme/av/content-1.tar.gz", _vendor, Start.AddDays(2))));
        _now = Start.AddDays(3);
        Publish(("other", FileSigning.Sign(new TargetsDraft { Expires = _now.AddDays(9) }.Set(new TargetFile("other/av/content-1.tar.gz", 1, DigestSet.Of([1]), null)).Body(), other)));
        _device.Refresh();
        Assert.Equal(1, _device.Find("other/av/content-1.tar.gz").Length);
        Assert.Equal(RejectionReason.Expired, _device.FindRefused("acme/av/content-1.tar.gz"));

        // And a vendor's new keys are published before it has signed anything with them.
        Publish((RoleName.Targets, Targets(draft => draft.Delegate("acme", [TestKeys.New().Key], 1, ["acme/*/*"]))));
        Publish();
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(("acme", Vendor("acme/av/content-2.tar.gz", _vendor))));
        Assert.Equal(RejectionReason.NoSuchTarget, Refused(("nobody", FileSigning.Sign(new TargetsDraft { Expires = _now.AddDays(9) }.Body(), other))));
    }

    [Fact]
    public void A_root_travels_from_keeper_to_keeper_until_enough_have_signed()
    {
        Publish((RoleName.Targets, Targets()));
        ISigner replacement = TestKeys.New();
        byte[] file = FileSigning.Sign(new RootDraft(_publisher.Root) { Expires = Start.AddYears(2) }.RemoveKey(RoleName.Root, _root[1].Key.Id).AddKey(RoleName.Root, replacement.Key).Body());
        Assert.Equal(RejectionReason.TooFewSignatures, Assert.Throws<UpdateRejectedException>(() => _publisher.PublishRoot(file)).Reason);
        file = FileSigning.AddSignature(file, _root[0]);
        file = FileSigning.AddSignature(file, replacement);
        Assert.Equal([_root[0].Key.Id], WhoSigned(file));
        Assert.Equal(RejectionReason.TooFewSignatures, Assert.Throws<UpdateRejectedException>(() => _publisher.PublishRoot(file)).Reason);
        file = FileSigning.AddSignature(file, _root[2]);
        file = FileSigning.AddSignature(file, _root[2]);
        Assert.Equal(3, SignedFile.Read(file).Signatures.Count);
        PublishedFile published = _publisher.PublishRoot(file);
        Assert.Equal("2.root.json", published.Name);
        _served[published.Name] = published.Content;
        _device.Refresh();
        Assert.Equal(2, _device.Version(RoleName.Root));
        Assert.DoesNotContain(_root[1].Key.Id, _publisher.Root.Keys.Keys);
    }

    [Fact]
    public void After_a_stolen_online_key_was_replaced_devices_go_on()
    {
        Publish((RoleName.Targets, Targets()));
        Publish();
        _device.Refresh();
        ISigner fresh = TestKeys.New();
        byte[] root = FileSigning.Sign(
            new RootDraft(_publisher.Root) { Expires = Start.AddYears(2) }.RemoveKey(RoleName.Timestamp, _online.Timestamp[0].Key.Id).AddKey(RoleName.Timestamp, fresh.Key).Body(), _root[0], _root[1]);
        PublishedFile published = _publisher.PublishRoot(root);
        _served[published.Name] = published.Content;
        foreach (PublishedFile file in _publisher.Publish(new Dictionary<string, byte[]>(), _online with { Timestamp = [fresh] }, _now))
        {
            _served[file.Name] = file.Content;
        }

        _device.Refresh();
        Assert.Equal((2, 1, 1, 1), _device.Versions);
    }

    [Fact]
    public void A_first_publication_needs_targets() => Assert.Equal(RejectionReason.Malformed, Refused(("acme", Vendor("acme/av/content-1.tar.gz", _vendor))));

    [Fact]
    public void Drafts_carry_on_what_they_do_not_know_and_forget_keys_that_nobody_uses()
    {
        TargetsMetadata first = new(SignedFile.Read(Targets(draft => draft.Delegate("acme", [_vendor.Key], 1, ["acme/*/*"]).Set(new TargetFile("a", 1, DigestSet.Of([1]), null)))));
        TargetsDraft second = new TargetsDraft(first) { Expires = _now }.Undelegate("acme").Remove("a");
        Assert.Equal(2, second.Version);
        Assert.False(second.Body().Fields.ContainsKey("delegations"));
        Assert.Empty(second.Body().Map("targets").Fields);
        TargetsDraft again = new TargetsDraft(first) { Expires = _now }.Delegate("acme", [_targets.Key], 1, ["acme/*/*"]);
        Assert.Equal([_targets.Key.Id], again.Body().Map("delegations").Map("keys").Fields.Keys);
        Assert.Single(again.Body().Map("delegations").List("roles", 9));
    }

    private IReadOnlyList<PublishedFile> Publish(params (string Role, byte[] File)[] targets)
    {
        IReadOnlyList<PublishedFile> files = _publisher.Publish(targets.ToDictionary(file => file.Role, file => file.File), _online, _now);
        foreach (PublishedFile file in files)
        {
            _served[file.Name] = file.Content;
        }

        return files;
    }

    private RejectionReason Refused(params (string Role, byte[] File)[] targets) => Assert.Throws<UpdateRejectedException>(() => Publish(targets)).Reason;

    private byte[] Targets(Action<TargetsDraft>? change = null)
    {
        TargetsMetadata? before = _publisher.Files.TryGetValue(RoleName.Targets, out byte[]? file) ? new TargetsMetadata(SignedFile.Read(file)) : null;
        TargetsDraft draft = new(before) { Expires = _now.AddDays(100) };
        change?.Invoke(draft);
        return FileSigning.Sign(draft.Body(), _targets);
    }

    private byte[] Vendor(string path, ISigner signer, DateTimeOffset? expires = null)
    {
        long version = _publisher.Files.TryGetValue("acme", out byte[]? file) ? SignedFile.Read(file).Body.Number("version", 1) + 1 : 1;
        TargetsDraft draft = new TargetsDraft { Version = version, Expires = expires ?? _now.AddDays(100) }.Set(new TargetFile(path, version, DigestSet.Of([1]), null));
        return FileSigning.Sign(draft.Body(), signer);
    }

    private IEnumerable<string> WhoSigned(byte[] file) =>
        _publisher.Root.Roles[RoleName.Root].WhoSigned(_publisher.Root.Keys, SignedFile.Read(file)).Select(key => key.Id);
}

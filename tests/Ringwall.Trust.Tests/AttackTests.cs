namespace Ringwall.Trust.Tests;

/// <summary>
/// Each attack that the specification names (section 1.5.2), by somebody who holds the network and what it serves, and less than a threshold of keys. After each, the device has what it had.
/// </summary>
public sealed class AttackTests
{
    private readonly SimulatedRepository _repository = new();
    private readonly Device _device;
    private readonly ISigner _stranger = TestKeys.New();

    public AttackTests()
    {
        _repository.AddTarget("acme/file.bin", [1, 2, 3, 4]);
        _repository.AddTarget("acme/other.bin", [5, 6, 7, 8]);
        _repository.PublishAll();
        _device = new Device(_repository);
        _device.Refresh();
        Assert.Equal((1, 2, 2, 2), _device.Versions);
    }

    public static TheoryData<string> Roles => [RoleName.Root, RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets];

    [Theory, MemberData(nameof(Roles))]
    public void Arbitrary_installation_is_refused(string role)
    {
        _repository.Signers[role] = [_stranger];
        _repository.PublishRoot();
        Assert.Equal(RejectionReason.TooFewSignatures, AfterPublishing(role));
    }

    [Theory, MemberData(nameof(Roles))]
    public void Nothing_is_taken_unsigned(string role)
    {
        _repository.Signers[role] = [];
        _repository.PublishRoot();
        Assert.Equal(RejectionReason.TooFewSignatures, AfterPublishing(role));
    }

    [Fact]
    public void A_changed_byte_of_a_download_is_refused()
    {
        _device.Network = (_, content) => [1, 2, 3, 5];
        TargetFile file = _device.Find("acme/file.bin");
        Assert.Equal(RejectionReason.DigestMismatch, Refused(() => _device.Download("acme/file.bin")));
        Assert.Equal(4, file.Length);
    }

    [Fact]
    public void The_wrong_software_is_refused()
    {
        // Another file of the same length, properly signed, under the first one's address.
        byte[] other = _device.Download("acme/other.bin");
        _device.Network = (_, _) => other;
        Assert.Equal(RejectionReason.DigestMismatch, Refused(() => _device.Download("acme/file.bin")));
    }

    [Theory]
    [InlineData("2.root.json", 512_000)]
    [InlineData("timestamp.json", 16_384)]
    public void Endless_data_ends_at_the_limit(string name, int limit)
    {
        byte[] right = name == "2.root.json" ? _repository.PublishRoot() : _repository.PublishTimestamp();
        _device.Network = (file, content) => file == name ? [.. right, .. Enumerable.Repeat((byte)' ', limit + 1 - right.Length)] : content;
        Assert.Equal(RejectionReason.TooLong, _device.RefreshRefused());
        _device.Network = (file, content) => file == name ? [.. right, .. Enumerable.Repeat((byte)' ', limit - right.Length)] : content;
        _device.Refresh();
    }

    [Theory]
    [InlineData(RoleName.Snapshot)]
    [InlineData(RoleName.Targets)]
    public void Endless_data_ends_at_the_stated_length(string role)
    {
        _repository.PublishAll();
        _device.Network = (file, content) => file == $"3.{role}.json" ? [.. content!, (byte)' '] : content;
        Assert.Equal(RejectionReason.TooLong, _device.RefreshRefused());
        _device.Network = (file, content) => file == $"3.{role}.json" ? content![..^1] : content;
        Assert.Equal(RejectionReason.TooShort, _device.RefreshRefused());
    }

    [Theory]
    [InlineData(RoleName.Snapshot)]
    [InlineData(RoleName.Targets)]
    public void Endless_data_ends_at_the_limit_where_no_length_is_stated_or_a_vast_one(string role)
    {
        Device device = new(_repository, TrustLimits.Default with { SnapshotBytes = 1_000, TargetsBytes = 1_000 });
        _repository.StatesContent = false;
        _repository.PublishAll();
        device.Network = (file, content) => file == $"3.{role}.json" ? [.. content!, .. new byte[2_000]] : content;
        Assert.Equal(RejectionReason.TooLong, device.RefreshRefused());

        byte[] padded = [.. _repository.Targets[RoleName.Targets].File.Bytes, .. Enumerable.Repeat((byte)' ', 2_000)];
        _repository.Served["3.targets.json"] = padded;
        _repository.PublishSnapshot(draft => draft.Set(RoleName.Targets, new ListedFile(3, padded.Length, DigestSet.Of(padded))));
        _repository.PublishTimestamp();
        device.Network = (_, content) => content;
        Assert.Equal(RejectionReason.TooLong, device.RefreshRefused());
    }

    [Fact]
    public void An_endless_download_ends_at_its_length()
    {
        _device.Network = (_, content) => [.. content!, 0];
        Assert.Equal(RejectionReason.TooLong, Refused(() => _device.Download("acme/file.bin")));
        _device.Network = (_, content) => content![..3];
        Assert.Equal(RejectionReason.TooShort, Refused(() => _device.Download("acme/file.bin")));
    }

    [Fact]
    public void A_file_that_says_it_is_vast_is_stopped_at_the_first_byte_too_many()
    {
        using ContentCheck check = new(3, DigestSet.Of([1, 2, 3]), "file");
        check.Append([1, 2]);
        Assert.Equal(RejectionReason.TooLong, Refused(() => check.Append([3, 4])));
    }

    [Fact]
    public void Slow_retrieval_is_given_up()
    {
        TransferPace pace = new(TimeSpan.FromSeconds(10), LeastBytesPerSecond: 100);
        pace.Require(0, TimeSpan.FromSeconds(10), "file");
        pace.Require(1_100, TimeSpan.FromSeconds(11), "file");
        Assert.Equal(RejectionReason.TooSlow, Refused(() => pace.Require(1_099, TimeSpan.FromSeconds(11), "file")));
        Assert.Equal(RejectionReason.TooSlow, Refused(() => pace.Require(9_999, TimeSpan.FromSeconds(100), "file")));
    }

    [Theory, MemberData(nameof(Roles))]
    public void Freezing_shows_when_what_was_frozen_expires(string role)
    {
        _repository.Now += role == RoleName.Timestamp ? TimeSpan.FromDays(1) : SimulatedRepository.Life;
        if (role is RoleName.Snapshot or RoleName.Targets)
        {
            _repository.PublishRoot();
            if (role == RoleName.Targets)
            {
                _repository.PublishSnapshot();
            }

            _repository.PublishTimestamp();
        }

        UpdateRejectedException refused = Assert.Throws<UpdateRejectedException>(_device.Refresh);
        Assert.Equal(RejectionReason.Expired, refused.Reason);
        Assert.StartsWith($"Expired: {role} ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, _device.Version(RoleName.Targets));
    }

    [Fact]
    public void Expiry_is_the_first_instant_that_does_not_count()
    {
        DateTimeOffset expires = _repository.Timestamp!.Head.Expires;
        _repository.Now = expires - TimeSpan.FromSeconds(1);
        _device.Refresh();
        _repository.Now = expires;
        Assert.Equal(RejectionReason.Expired, _device.RefreshRefused());
    }

    [Theory]
    [InlineData(RoleName.Timestamp)]
    [InlineData(RoleName.Snapshot)]
    [InlineData(RoleName.Targets)]
    public void What_comes_expired_is_not_kept(string role)
    {
        DateTimeOffset past = _repository.Now - TimeSpan.FromSeconds(1);
        _repository.Draft();
        if (role == RoleName.Targets)
        {
            _repository.Draft().Expires = past;
        }

        _repository.PublishTargets();
        _repository.PublishSnapshot(draft => draft.Expires = role == RoleName.Snapshot ? past : draft.Expires);
        _repository.PublishTimestamp(draft => draft.Expires = role == RoleName.Timestamp ? past : draft.Expires);
        Assert.Equal(RejectionReason.Expired, _device.RefreshRefused());
        Assert.Equal(2, _device.Version(role));
    }

    [Fact]
    public void A_root_that_comes_expired_is_kept_and_nothing_follows_it()
    {
        _repository.PublishRoot(draft => draft.Expires = _repository.Now);
        _repository.PublishAll();
        Assert.Equal(RejectionReason.Expired, _device.RefreshRefused());
        Assert.Equal((2, 2, 2, 2), _device.Versions);
        Assert.Equal("3.root.json", _device.Requests[^1]);
    }

    [Fact]
    public void The_timestamp_does_not_go_back()
    {
        byte[] old = _repository.Served["timestamp.json"];
        _repository.PublishAll();
        _device.Refresh();
        _repository.Served["timestamp.json"] = old;
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
        Assert.Equal((1, 3, 3, 3), _device.Versions);
    }

    [Fact]
    public void A_newer_timestamp_does_not_go_back_to_an_older_snapshot()
    {
        byte[] old = _repository.Served["1.snapshot.json"];
        _repository.PublishTimestamp(draft => draft.Snapshot = _repository.Describe(old, 1));
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
        Assert.Equal((1, 2, 2, 2), _device.Versions);
    }

    [Fact]
    public void A_newer_snapshot_does_not_go_back_to_older_targets()
    {
        byte[] old = _repository.Served["1.targets.json"];
        _repository.PublishSnapshot(draft => draft.Set(RoleName.Targets, _repository.Describe(old, 1)));
        _repository.PublishTimestamp();
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
        Assert.Equal((1, 3, 2, 2), _device.Versions);
    }

    [Fact]
    public void An_expired_snapshot_still_guards_against_going_back()
    {
        _repository.Now += SimulatedRepository.Life + TimeSpan.FromDays(1);
        _repository.PublishRoot();
        byte[] old = _repository.Served["1.targets.json"];
        _repository.PublishSnapshot(draft => draft.Set(RoleName.Targets, _repository.Describe(old, 1)));
        _repository.PublishTimestamp();
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
    }

    [Fact]
    public void No_role_disappears_from_the_snapshot()
    {
        _repository.Delegate(RoleName.Targets, "acme", true, "acme/*");
        _repository.PublishAll();
        _device.Refresh();
        _repository.PublishSnapshot(draft => draft.Remove("acme"));
        _repository.PublishTimestamp();
        Assert.Equal(RejectionReason.RoleRemoved, _device.RefreshRefused());
        Assert.Equal(3, _device.Version(RoleName.Snapshot));
    }

    [Fact]
    public void An_offered_version_that_is_not_the_listed_one_is_refused()
    {
        _repository.StatesContent = false;
        _repository.PublishAll();
        _repository.Served["3.snapshot.json"] = _repository.PublishSnapshot();
        Assert.Equal(RejectionReason.VersionMismatch, _device.RefreshRefused());
        Assert.Equal((1, 3, 2, 2), _device.Versions);
        _repository.PublishTimestamp();
        _repository.Served["3.targets.json"] = _repository.Served["2.targets.json"];
        Assert.Equal(RejectionReason.VersionMismatch, _device.RefreshRefused());
        Assert.Equal((1, 4, 4, 2), _device.Versions);
    }

    // The same version, signed by the same keys, as long as the right one: a repository that was restored from a backup and went on.
    [Theory]
    [InlineData(RoleName.Snapshot)]
    [InlineData(RoleName.Targets)]
    public void Files_of_two_publications_do_not_mix(string role)
    {
        _repository.PublishAll();
        string name = $"3.{role}.json";
        byte[] right = _repository.Served[name];
        byte[] twin;
        do
        {
            twin = FileSigning.Sign(SignedFile.Read(right).Body.With("expires", MetaValue.Of("2031-01-01T00:00:00Z")), _repository.Signers[role]);
        }
        while (twin.Length != right.Length);

        _repository.Served[name] = twin;
        Assert.Equal(RejectionReason.DigestMismatch, _device.RefreshRefused());
        _repository.Served[name] = right;
        _device.Refresh();
    }

    [Theory]
    [InlineData(RoleName.Timestamp)]
    [InlineData(RoleName.Snapshot)]
    [InlineData(RoleName.Targets)]
    public void A_file_of_one_role_is_not_taken_for_anothers(string role)
    {
        // One key for all, so that only the type is wrong.
        ISigner all = _repository.Signers[RoleName.Root][0];
        foreach (string other in new[] { RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets })
        {
            _repository.PublishRoot(draft => draft.AddKey(other, all.Key));
            _repository.Signers[other] = [all];
        }

        _repository.StatesContent = false;
        _repository.PublishAll();
        string name = role == RoleName.Timestamp ? "timestamp.json" : $"3.{role}.json";
        _repository.Served[name] = FileSigning.Sign(SignedFile.Read(_repository.Served[name]).Body.With("_type", MetaValue.Of("root")), all);
        Assert.Equal(RejectionReason.WrongType, _device.RefreshRefused());
    }

    [Theory, MemberData(nameof(Roles))]
    public void Fewer_stolen_keys_than_the_threshold_sign_nothing(string role)
    {
        ISigner[] more = [TestKeys.New(), TestKeys.New()];
        _repository.PublishRoot(draft => draft.AddKey(role, more[0].Key).AddKey(role, more[1].Key).SetThreshold(role, 2), _repository.Signers[RoleName.Root].Concat(more));
        List<ISigner> honest = [_repository.Signers[role][0], more[0]];
        _repository.Signers[role] = honest;
        _repository.PublishAll();
        _device.Refresh();

        // The thief has one of three, and signs with it and with keys of other roles.
        _repository.Signers[role] = [more[1], _stranger, .. _repository.Signers.Where(other => other.Key != role).SelectMany(other => other.Value)];
        _repository.PublishRoot();
        Assert.Equal(RejectionReason.TooFewSignatures, AfterPublishing(role));

        // The honest ones revoke it; devices go on.
        _repository.Signers[role] = honest;
        if (role == RoleName.Root)
        {
            _repository.PublishRoot(draft => draft.RemoveKey(role, more[1].Key.Id));
            _device.Refresh();
            Assert.Equal(3, _device.Version(RoleName.Root));
        }
    }

    [Fact]
    public void The_same_signature_repeated_is_refused_and_a_wrong_one_beside_enough_does_no_harm()
    {
        byte[] file = _repository.PublishTimestamp();
        MetaValue.Map map = MetaReader.ReadMap(file);
        MetaValue signature = map.List("signatures", 9)[0];
        MetaValue wrong = ((MetaValue.Map)signature).With("keyid", MetaValue.Of(_stranger.Key.Id)).With("sig", MetaValue.Of("not hexadecimal"));
        _repository.Served["timestamp.json"] = MetaWriter.Write(map.With("signatures", MetaValue.Of([signature, signature])));
        Assert.Equal(RejectionReason.DuplicateSignature, _device.RefreshRefused());
        _repository.Served["timestamp.json"] = MetaWriter.Write(map.With("signatures", MetaValue.Of([wrong, signature])));
        _device.Refresh();
        Assert.Equal(3, _device.Version(RoleName.Timestamp));
    }

    [Fact]
    public void What_a_timestamp_said_first_counts()
    {
        byte[] first = _device.Disk[RoleName.Timestamp];
        _repository.Served["timestamp.json"] = FileSigning.Sign(
            new TimestampDraft(_repository.Timestamp) { Version = 2, Expires = _repository.Now + SimulatedRepository.Life, Snapshot = new ListedFile(100, null, null) }.Body(),
            _repository.Signers[RoleName.Timestamp]);
        _device.Refresh();
        Assert.Equal(first, _device.Disk[RoleName.Timestamp]);
        Assert.Equal("timestamp.json", _device.Requests[^1]);
    }

    [Fact]
    public void A_file_that_is_not_to_be_had_is_said_to_be_so()
    {
        foreach (string name in new[] { "timestamp.json", "3.snapshot.json", "3.targets.json" })
        {
            Device device = new(_repository);
            _repository.PublishAll();
            string missing = name.Replace("3.", $"{_repository.Snapshot!.Version}.", StringComparison.Ordinal);
            device.Network = (file, content) => file == missing ? null : content;
            Assert.Equal(RejectionReason.Unavailable, device.RefreshRefused());
        }
    }

    private static RejectionReason Refused(Action action) => Assert.Throws<UpdateRejectedException>(action).Reason;

    // What comes before the role is taken; the role itself stays as it was.
    private RejectionReason AfterPublishing(string role)
    {
        _repository.PublishAll();
        long? before = _device.Version(role);
        byte[] content = _device.Disk[role];
        RejectionReason reason = _device.RefreshRefused();
        Assert.Equal(before, _device.Version(role));
        Assert.Equal(content, _device.Disk[role]);
        Assert.Equal(content, _device.Trusted.Files[role]);
        return reason;
    }
}

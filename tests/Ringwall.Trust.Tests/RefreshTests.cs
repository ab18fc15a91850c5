namespace Ringwall.Trust.Tests;

/// <summary>The client workflow, section 5 of the specification, where nobody attacks.</summary>
public sealed class RefreshTests
{
    private readonly SimulatedRepository _repository = new();
    private readonly Device _device;

    public RefreshTests() => _device = new Device(_repository);

    [Fact]
    public void A_first_refresh_asks_for_each_file_once_and_keeps_it_as_it_came()
    {
        _device.Refresh();
        Assert.Equal(["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"], _device.Requests);
        Assert.Equal(_repository.Served["timestamp.json"], _device.Disk[RoleName.Timestamp]);
        Assert.Equal(_repository.Served["1.snapshot.json"], _device.Disk[RoleName.Snapshot]);
        Assert.Equal(_repository.Served["1.targets.json"], _device.Disk[RoleName.Targets]);
    }

    [Fact]
    public void What_is_stored_is_not_fetched_again()
    {
        _device.Refresh();
        _device.Refresh();
        Assert.Equal(["2.root.json", "timestamp.json"], _device.Requests);
    }

    [Fact]
    public void Without_consistent_snapshots_names_have_no_version()
    {
        SimulatedRepository repository = new(isConsistentSnapshot: false);
        repository.AddTarget("a/b.txt", [1, 2, 3]);
        repository.PublishAll();
        Device device = new(repository);
        device.Refresh();
        Assert.Equal(["2.root.json", "timestamp.json", "snapshot.json", "targets.json"], device.Requests);
        Assert.Equal([1, 2, 3], device.Download("a/b.txt"));
        Assert.Equal("a/b.txt", device.Find("a/b.txt").PathToFetch(isConsistentSnapshot: false));
    }

    [Fact]
    public void A_device_that_slept_through_many_roots_walks_them_all()
    {
        for (int i = 0; i < 5; i++)
        {
            _repository.RotateKeys(RoleName.Root);
        }

        _device.Refresh();
        Assert.Equal(6, _device.Version(RoleName.Root));
        Assert.Equal(["2.root.json", "3.root.json", "4.root.json", "5.root.json", "6.root.json", "7.root.json"], _device.Requests[..6]);
    }

    [Fact]
    public void So_many_roots_are_taken_in_one_refresh_and_the_rest_in_the_next()
    {
        Device device = new(_repository, TrustLimits.Default with { RootsPerRefresh = 2 });
        for (int i = 0; i < 3; i++)
        {
            _repository.PublishRoot();
        }

        device.Refresh();
        Assert.Equal(3, device.Version(RoleName.Root));
        device.Refresh();
        Assert.Equal(4, device.Version(RoleName.Root));
    }

    [Fact]
    public void An_expired_root_leads_to_a_fresh_one()
    {
        _device.Refresh();
        _repository.Now += SimulatedRepository.Life + TimeSpan.FromDays(1);
        _repository.PublishRoot();
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal((2, 2, 2, 2), _device.Versions);
    }

    [Fact]
    public void A_file_with_its_digest_in_its_name_is_downloaded()
    {
        TargetFile file = _repository.AddTarget("folder/file.bin", [.. Enumerable.Range(0, 200).Select(i => (byte)i)]);
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal(200, _device.Download("folder/file.bin").Length);
        Assert.Equal($"folder/{file.Digests.Preferred}.file.bin", file.PathToFetch(isConsistentSnapshot: true));
    }

    [Fact]
    public void After_a_refresh_that_was_cut_off_the_next_goes_on()
    {
        _device.Refresh();
        _repository.AddTarget("x", [1]);
        _repository.PublishAll();
        byte[] snapshot = _repository.Served["2.snapshot.json"];
        _repository.Served.Remove("2.snapshot.json");
        Assert.Equal(RejectionReason.Unavailable, _device.RefreshRefused());
        Assert.Equal((1, 2, 1, 1), _device.Versions);
        _repository.Served["2.snapshot.json"] = snapshot;
        _device.Refresh();
        Assert.Equal((1, 2, 2, 2), _device.Versions);
    }

    [Fact]
    public void A_search_without_a_refresh_that_succeeded_is_a_mistake()
    {
        TrustedRepository repository = TrustedRepository.Load(_device.Disk);
        Assert.Throws<InvalidOperationException>(() => repository.Search("x"));
        _repository.Served.Remove("timestamp.json");
        _device.RefreshRefused();
        Assert.Throws<InvalidOperationException>(() => _device.Trusted.Search("x"));
        _repository.PublishTimestamp();
        _device.Refresh();
        Assert.Throws<InvalidOperationException>(() => _device.Trusted.Search("x").Found);
    }

    [Fact]
    public void Content_may_be_left_unstated_in_timestamp_and_snapshot()
    {
        _repository.StatesContent = false;
        _repository.PublishAll();
        _device.Refresh();
        Assert.Equal((1, 2, 2, 2), _device.Versions);
    }

    [Fact]
    public void A_damaged_disk_heals()
    {
        _device.Refresh();
        foreach (string role in new[] { RoleName.Timestamp, RoleName.Snapshot, RoleName.Targets })
        {
            _device.Disk[role] = [1, 2, 3];
            _device.Refresh();
            Assert.Equal((1, 1, 1, 1), _device.Versions);
        }

        _device.Disk[RoleName.Root] = [1, 2, 3];
        Assert.Equal(RejectionReason.NotJson, _device.RefreshRefused());
    }
}

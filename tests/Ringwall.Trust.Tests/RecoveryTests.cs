namespace Ringwall.Trust.Tests;

/// <summary>Fast-forward: whoever had keys for a while signed a version so high that no honest one follows. Taking the keys away lets devices begin anew (specification 5.3.11).</summary>
public sealed class RecoveryTests
{
    private const long Far = MetaFields.LargestNumber;

    private readonly SimulatedRepository _repository = new();
    private readonly Device _device;

    public RecoveryTests() => _device = new Device(_repository);

    [Fact]
    public void A_timestamp_that_ran_ahead_is_forgotten_with_its_key()
    {
        _repository.PublishTimestamp(draft => draft.Version = Far);
        _device.Refresh();
        _repository.PublishTimestamp(draft => draft.Version = 2);
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
        _repository.RotateKeys(RoleName.Timestamp);
        _repository.PublishTimestamp(draft => draft.Version = 2);
        _device.Refresh();
        Assert.Equal((2, 2, 1, 1), _device.Versions);
    }

    [Fact]
    public void A_snapshot_that_ran_ahead_is_forgotten_with_its_key()
    {
        _repository.PublishSnapshot(draft => draft.Version = Far);
        _repository.PublishTimestamp();
        _device.Refresh();
        _repository.PublishSnapshot(draft => draft.Version = 2);
        _repository.PublishTimestamp();
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
        _repository.RotateKeys(RoleName.Snapshot);
        _repository.PublishSnapshot(draft => draft.Version = 2);
        _repository.PublishTimestamp();
        _device.Refresh();
        Assert.Equal(2, _device.Version(RoleName.Snapshot));
    }

    [Fact]
    public void Targets_that_ran_ahead_are_forgotten_with_the_key_of_the_snapshot()
    {
        _repository.Delegate(RoleName.Targets, "acme", true, "acme/*");
        _repository.Draft("acme");
        _repository.Draft().Version = Far;
        _repository.PublishAll();
        _device.Refresh();
        _repository.Draft().Version = 2;
        _repository.PublishAll();
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
        _repository.RotateKeys(RoleName.Snapshot);

        // A role may disappear then, too.
        _repository.PublishSnapshot(draft => draft.Remove("acme"));
        _repository.PublishTimestamp();
        _device.Refresh();
        Assert.Equal(2, _device.Version(RoleName.Targets));
    }

    [Fact]
    public void A_key_that_is_only_added_makes_nothing_forgotten()
    {
        _repository.PublishTimestamp();
        _device.Refresh();
        byte[] old = _repository.Served["timestamp.json"];
        _repository.PublishTimestamp();
        _device.Refresh();
        _repository.PublishRoot(draft => draft.AddKey(RoleName.Timestamp, TestKeys.New().Key).AddKey(RoleName.Snapshot, TestKeys.New().Key));
        _repository.Served["timestamp.json"] = old;
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
    }

    [Fact]
    public void A_key_of_targets_that_goes_makes_no_timestamp_forgotten()
    {
        byte[] old = _repository.Served["timestamp.json"];
        _repository.PublishTimestamp();
        _device.Refresh();
        _repository.RotateKeys(RoleName.Targets);
        _repository.Served["timestamp.json"] = old;
        Assert.Equal(RejectionReason.RolledBack, _device.RefreshRefused());
    }

    // One of two keys goes: the old timestamp would still verify by the other, and must be forgotten all the same. Nothing else tells this rule from the next test's.
    [Fact]
    public void One_of_several_keys_that_goes_is_enough()
    {
        ISigner thief = TestKeys.New();
        _repository.PublishRoot(draft => draft.AddKey(RoleName.Timestamp, thief.Key));
        _repository.Signers[RoleName.Timestamp].Add(thief);
        _repository.PublishTimestamp(draft => draft.Version = Far);
        _device.Refresh();
        _repository.Signers[RoleName.Timestamp].Remove(thief);
        _repository.PublishRoot(draft => draft.RemoveKey(RoleName.Timestamp, thief.Key.Id));
        _repository.PublishTimestamp(draft => draft.Version = 2);
        _device.Refresh();
        Assert.Equal(2, _device.Version(RoleName.Timestamp));
    }

    // Cut off after the root was kept, as by a power failure: the disk is then as it was before, or forgets first.
    [Fact]
    public void Whoever_is_cut_off_between_root_and_forgetting_does_both_again()
    {
        _repository.PublishTimestamp(draft => draft.Version = Far);
        _device.Refresh();
        _repository.RotateKeys(RoleName.Timestamp);
        List<string> steps = [];
        TrustedRepository trusted = TrustedRepository.Load(_device.Disk);
        foreach (UpdateStep step in trusted.Refresh(_repository.Now))
        {
            steps.Add($"{step.GetType().Name} {step.Role}");
            if (step is UpdateStep.Keep)
            {
                break;
            }

            if (step is UpdateStep.Fetch fetch)
            {
                fetch.Supply(_repository.Served[fetch.FileName]);
            }
        }

        Assert.Equal(["Fetch root", "Forget timestamp", "Forget snapshot", "Keep root"], steps);
    }

    [Fact]
    public void Revoked_targets_are_not_believed_even_from_the_disk()
    {
        _repository.AddTarget("stolen", [1]);
        _repository.PublishAll();
        _device.Refresh();
        _device.Find("stolen");
        _repository.RotateKeys(RoleName.Targets);
        Assert.Equal(RejectionReason.TooFewSignatures, _device.RefreshRefused());
        Assert.Throws<InvalidOperationException>(() => _device.Trusted.Search("stolen"));
    }

    [Fact]
    public void A_stored_role_that_the_snapshot_lists_no_more_is_forgotten()
    {
        _repository.Delegate(RoleName.Targets, "acme", isTerminating: true, "acme/*/*");
        _repository.AddTarget("acme/av/1", [1], "acme");
        _repository.PublishAll();
        _device.Refresh();
        _device.Find("acme/av/1");
        Assert.True(_device.Disk.ContainsKey("acme"));

        // Without a change of keys the snapshot may not leave it out, and nothing is forgotten.
        byte[] listed = _repository.PublishSnapshot();
        long version = _repository.Snapshot!.Version;
        _repository.PublishSnapshot(draft => draft.Remove("acme"));
        _repository.PublishTimestamp();
        Assert.Equal(RejectionReason.RoleRemoved, _device.RefreshRefused());
        Assert.True(_device.Disk.ContainsKey("acme"));

        _repository.Serve(RoleName.Snapshot, version, listed);
        _repository.RotateKeys(RoleName.Snapshot);
        _repository.Targets.Remove("acme");
        _repository.PublishSnapshot(draft => draft.Remove("acme"));
        _repository.PublishTimestamp();
        _device.Refresh();
        Assert.Equal(["root", "snapshot", "targets", "timestamp"], _device.Disk.Keys.Order());
    }
}

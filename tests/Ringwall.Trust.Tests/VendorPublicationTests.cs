namespace Ringwall.Trust.Tests;

/// <summary>What a vendor may put into its next targets file.</summary>
public sealed class VendorPublicationTests
{
    private static readonly DateTimeOffset Later = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ISigner _key = TestKeys.New();

    [Fact]
    public void A_release_and_its_way_back_are_added()
    {
        TargetsMetadata first = File(null, draft => draft.Set(Release("acme/av/content-1.tar.gz", 1)));
        TargetsMetadata second = File(first, draft => draft
            .Set(Release("acme/av/content-2.tar.gz", 2)).Set(Release("acme/av/content-3.tar.gz", 1, "acme/av/content-2.tar.gz")));
        Assert.Equal(["acme/av/content-1.tar.gz"], VendorPublication.Check("acme", null, first, _ => 0).Select(release => release.Path.Text));
        IReadOnlyList<NewRelease> added = VendorPublication.Check("acme", first, second, _ => 1);
        Assert.Equal([2, 3], added.Select(release => release.Path.Number));
        Assert.Equal("acme/av/content-2.tar.gz", added[1].Statement.WayBackFrom);
    }

    [Fact]
    public void What_devices_or_people_would_be_misled_by_is_refused()
    {
        TargetsMetadata first = File(null, draft => draft.Set(Release("acme/av/content-4.tar.gz", 1)));
        Assert.Equal(RejectionReason.NoSuchTarget, Refused(first, draft => draft.Set(Release("other/av/content-5.tar.gz", 1))));
        Assert.Equal(RejectionReason.Malformed, Refused(first, draft => draft.Set(Release("acme/content-5.tar.gz", 1))));
        Assert.Equal(RejectionReason.ReleaseReused, Refused(first, draft => draft.Set(Release("acme/av/content-4.tar.gz", 2))));
        Assert.Equal(RejectionReason.ReleaseReused, Refused(first, draft => draft.Set(Release("acme/av/content-3.tar.gz", 2))));
        Assert.Equal(RejectionReason.Malformed, Refused(first, draft => draft.Set(Release("acme/av/content-5.tar.gz", 1) with { Custom = null })));
        Assert.Equal(RejectionReason.DelegationRefused, Refused(first, draft => draft.Delegate("team", [_key.Key], 1, ["acme/av/*"])));
        foreach (string from in (string[])["acme/av/content-6.tar.gz", "acme/av/engine-4.tar.gz", "acme/other/content-4.tar.gz", "acme/av/content-2.tar.gz"])
        {
            Assert.Equal(RejectionReason.Malformed, Refused(first, draft => draft.Set(Release("acme/av/content-5.tar.gz", 1, from))));
        }

    }

    [Fact]
    public void A_way_back_has_the_bytes_of_a_release_from_before_the_one_that_it_leads_away_from()
    {
        TargetsMetadata before = File(null, draft => draft
            .Set(Release("acme/av/content-1.tar.gz", 1)).Set(Release("acme/av/content-2.tar.gz", 2)).Set(Release("acme/av/content-3.tar.gz", 1, "acme/av/content-2.tar.gz"))
            .Set(Release("acme/av/content-4.tar.gz", 4)).Set(Release("acme/other/content-1.tar.gz", 7)).Set(Release("acme/av/engine-1.tar.gz", 8)));
        foreach (byte content in (byte[])[1, 2])
        {
            Assert.Single(Added(content, "acme/av/content-4.tar.gz"));
        }

        // Bytes that nobody has seen, of the release itself, of one after it, of another sensor and of another stream.
        foreach ((byte content, string from) in ((byte, string)[])[(9, "acme/av/content-4.tar.gz"), (4, "acme/av/content-4.tar.gz"), (2, "acme/av/content-2.tar.gz"), (4, "acme/av/content-2.tar.gz"), (7, "acme/av/content-4.tar.gz"), (8, "acme/av/content-4.tar.gz")])
        {
            Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => Added(content, from)).Reason);
        }

        // What is a way back itself is nothing to lead to: its number is no release's.
        TargetsMetadata odd = File(null, draft => draft
            .Set(Release("acme/av/content-1.tar.gz", 1)).Set(Release("acme/av/content-2.tar.gz", 2, "acme/av/content-1.tar.gz")).Set(Release("acme/av/content-3.tar.gz", 3)));
        Assert.Throws<UpdateRejectedException>(() => VendorPublication.Check("acme", odd, File(odd, draft => draft.Set(Release("acme/av/content-4.tar.gz", 2, "acme/av/content-3.tar.gz"))), _ => 3));

        IReadOnlyList<NewRelease> Added(byte content, string from) =>
            VendorPublication.Check("acme", before, File(before, draft => draft.Set(Release("acme/av/content-5.tar.gz", content, from))), _ => 4);
    }

    [Fact]
    public void Whoever_is_still_to_sign_is_named()
    {
        ISigner second = TestKeys.New();
        RootDraft draft = new() { Expires = Later };
        draft.AddKey(RoleName.Root, _key.Key).AddKey(RoleName.Root, second.Key).SetThreshold(RoleName.Root, 2);
        byte[] file = FileSigning.Sign(draft.Body(), _key);
        SigningState state = Assert.Single(SigningState.OfRoot(null, file));
        Assert.Equal((false, 2), (state.IsEnough, state.Threshold));
        Assert.Equal([second.Key.Id], state.Missing.Select(key => key.Id));
        byte[] root = FileSigning.AddSignature(file, second);
        Assert.True(Assert.Single(SigningState.OfRoot(null, root)).IsEnough);

        RootMetadata before = RootMetadata.ReadTrusted(root);
        ISigner third = TestKeys.New();
        byte[] next = FileSigning.Sign(new RootDraft(before) { Expires = Later }.RemoveKey(RoleName.Root, second.Key.Id).AddKey(RoleName.Root, third.Key).Body(), _key, third);
        Assert.Equal([false, true], SigningState.OfRoot(before, next).Select(one => one.IsEnough));
        Assert.Equal([second.Key.Id], SigningState.OfRoot(before, next)[0].Missing.Select(key => key.Id));
    }

    private static TargetFile Release(string path, byte content, string? wayBackFrom = null) =>
        new(path, 1, DigestSet.Of([content]), new VendorStatement("7", null, wayBackFrom).Describe());

    private TargetsMetadata File(TargetsMetadata? before, Action<TargetsDraft> change)
    {
        TargetsDraft draft = new(before) { Expires = Later };
        change(draft);
        return TargetsMetadata.ReadDraft(FileSigning.Sign(draft.Body(), _key));
    }

    private RejectionReason Refused(TargetsMetadata before, Action<TargetsDraft> change) =>
        Assert.Throws<UpdateRejectedException>(() => VendorPublication.Check("acme", before, File(before, change), _ => 4)).Reason;
}

namespace Ringwall.Trust.Tests;

public sealed class RootChainTests
{
    private readonly SimulatedRepository _repository = new();
    private readonly ISigner[] _keys = [.. Enumerable.Range(0, 6).Select(_ => TestKeys.New())];

    private ISigner First => _repository.Signers[RoleName.Root][0];

    [Fact]
    public void A_root_that_old_and_new_keys_signed_follows()
    {
        RootMetadata next = Next(draft => draft.RemoveKey(RoleName.Root, First.Key.Id).AddKey(RoleName.Root, _keys[0].Key), First, _keys[0]);
        Assert.Equal(2, next.Version);
        Assert.Equal([_keys[0].Key.Id], next.Roles[RoleName.Root].KeyIds);
        Assert.DoesNotContain(First.Key.Id, next.Keys.Keys);
    }

    [Fact]
    public void The_old_keys_must_vouch_for_a_new_root() =>
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(draft => draft.AddKey(RoleName.Root, _keys[0].Key), _keys[0]));

    [Fact]
    public void The_new_keys_must_vouch_for_themselves() => Assert.Equal(
        RejectionReason.TooFewSignatures, Refused(draft => draft.RemoveKey(RoleName.Root, First.Key.Id).AddKey(RoleName.Root, _keys[0].Key), First));

    [Fact]
    public void Both_thresholds_count()
    {
        RootMetadata three = Next(draft => Add(draft, 3, 0, 1, 2), First, _keys[0], _keys[1], _keys[2]);
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(three, draft => draft.SetThreshold(RoleName.Root, 1), _keys[0], _keys[1]));
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(three, draft => Add(draft, 4, 3), _keys[0], _keys[1], _keys[2]));
        Assert.Equal(3, Next(three, draft => Add(draft, 4, 3), _keys[0], _keys[1], _keys[2], _keys[3]).Version);
        Assert.Equal(3, Next(three, draft => draft.SetThreshold(RoleName.Root, 1), _keys[0], _keys[1], _keys[2]).Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_version_is_left_out_or_repeated(long version) =>
        Assert.Equal(RejectionReason.VersionNotNext, Refused(draft => draft.Version = version, First));

    [Fact]
    public void A_signature_of_a_key_that_root_does_not_name_counts_for_nothing()
    {
        Next(_ => { }, _keys[3], First, _keys[4]);
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(_ => { }, _keys[3], _keys[4]));
    }

    [Fact]
    public void A_key_of_another_role_is_no_key_of_root()
    {
        ISigner timestamp = _repository.Signers[RoleName.Timestamp][0];
        Assert.Equal(RejectionReason.TooFewSignatures, Refused(_ => { }, timestamp));
    }

    [Fact]
    public void One_key_in_two_spellings_is_one_key()
    {
        // The same key again, with a field that changes its identifier, and with another line length.
        PublicKey again = PublicKey.Read(_keys[0].Key.Value.With("x-owner", MetaValue.Of("somebody")));
        Assert.NotEqual(again.Id, _keys[0].Key.Id);
        Spelling spelling = new(again, _keys[0]);
        Assert.Equal(
            RejectionReason.TooFewSignatures,
            Refused(draft => draft.RemoveKey(RoleName.Root, First.Key.Id).AddKey(RoleName.Root, again).AddKey(RoleName.Root, _keys[0].Key).SetThreshold(RoleName.Root, 2), First, _keys[0], spelling));

        // Two keys do.
        Next(draft => draft.RemoveKey(RoleName.Root, First.Key.Id).AddKey(RoleName.Root, again).AddKey(RoleName.Root, _keys[1].Key).SetThreshold(RoleName.Root, 2), First, _keys[1], spelling);
    }

    [Fact]
    public void A_key_under_anothers_identifier_is_refused()
    {
        MetaValue.Map body = new RootDraft(_repository.Root) { Expires = SimulatedRepository.Start }.AddKey(RoleName.Root, _keys[0].Key).Body();
        MetaValue.Map keys = (MetaValue.Map)body.Fields["keys"];
        byte[] file = FileSigning.Sign(body.With("keys", keys.With(First.Key.Id, _keys[0].Key.Value)), First, _keys[0]);
        Assert.Equal(RejectionReason.KeyIdMismatch, Reason(() => _repository.Root.ReadNext(file)));
    }

    [Fact]
    public void Unknown_fields_are_signed_over_and_carried_on()
    {
        byte[] second = FileSigning.Sign(new RootDraft(_repository.Root) { Expires = SimulatedRepository.Start }.Body().With("x-note", MetaValue.Of("kept")), First);
        RootMetadata root = _repository.Root.ReadNext(second);
        Assert.True(new RootDraft(root) { Expires = SimulatedRepository.Start }.Body().Fields.ContainsKey("x-note"));
        byte[] changed = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(second).Replace("kept", "lost", StringComparison.Ordinal));
        Assert.Equal(RejectionReason.TooFewSignatures, Reason(() => _repository.Root.ReadNext(changed)));
    }

    [Fact]
    public void A_first_root_must_have_signed_itself()
    {
        byte[] unsigned = FileSigning.Sign(_repository.Root.File.Body, _keys[0]);
        Assert.Equal(RejectionReason.TooFewSignatures, Reason(() => RootMetadata.ReadTrusted(unsigned)));
        Assert.Equal(RejectionReason.Unavailable, Reason(() => TrustedRepository.Load(new Dictionary<string, byte[]>())));
    }

    [Fact]
    public void A_threshold_that_cannot_be_reached_is_not_reached()
    {
        RootMetadata next = Next(draft => draft.SetThreshold(RoleName.Snapshot, 6), First);
        Assert.Equal(6, next.Roles[RoleName.Snapshot].Threshold);
    }

    [Theory]
    [InlineData("""{"keyids":["a","a"],"threshold":1}""")]
    [InlineData("""{"keyids":["a"],"threshold":0}""")]
    [InlineData("""{"keyids":["a"],"threshold":-1}""")]
    [InlineData("""{"keyids":["a"],"threshold":99999999999}""")]
    [InlineData("""{"keyids":["a"],"threshold":true}""")]
    [InlineData("""{"keyids":["a"]}""")]
    [InlineData("""{"keyids":[7],"threshold":1}""")]
    [InlineData("""{"threshold":1}""")]
    public void Roles_that_make_no_sense_are_malformed(string role) =>
        Assert.Equal(RejectionReason.Malformed, Reason(() => RoleKeys.Read(MetaReader.ReadMap(System.Text.Encoding.UTF8.GetBytes(role)))));

    [Theory]
    [InlineData(RoleName.Root)]
    [InlineData(RoleName.Timestamp)]
    [InlineData(RoleName.Snapshot)]
    [InlineData(RoleName.Targets)]
    public void A_root_without_one_of_the_four_roles_is_malformed(string role)
    {
        MetaValue.Map body = new RootDraft(_repository.Root) { Expires = SimulatedRepository.Start }.Body();
        byte[] file = FileSigning.Sign(body.With("roles", ((MetaValue.Map)body.Fields["roles"]).With(role, null)), First);
        Assert.Equal(RejectionReason.Malformed, Reason(() => _repository.Root.ReadNext(file)));
    }

    private static RejectionReason Reason(Action action) => Assert.Throws<UpdateRejectedException>(action).Reason;

    private RootDraft Add(RootDraft draft, int threshold, params int[] keys)
    {
        draft.RemoveKey(RoleName.Root, First.Key.Id);
        foreach (int key in keys)
        {
            draft.AddKey(RoleName.Root, _keys[key].Key);
        }

        return draft.SetThreshold(RoleName.Root, threshold);
    }

    private RootMetadata Next(Action<RootDraft> change, params ISigner[] signers) => Next(_repository.Root, change, signers);

    private static RootMetadata Next(RootMetadata root, Action<RootDraft> change, params ISigner[] signers)
    {
        RootDraft draft = new(root) { Expires = SimulatedRepository.Start };
        change(draft);
        return root.ReadNext(FileSigning.Sign(draft.Body(), signers));
    }

    private RejectionReason Refused(Action<RootDraft> change, params ISigner[] signers) => Refused(_repository.Root, change, signers);

    private static RejectionReason Refused(RootMetadata root, Action<RootDraft> change, params ISigner[] signers) => Reason(() => Next(root, change, signers));

    private sealed class Spelling(PublicKey key, ISigner signer) : ISigner
    {
        public PublicKey Key => key;

        public byte[] Sign(ReadOnlySpan<byte> message) => signer.Sign(message);
    }
}

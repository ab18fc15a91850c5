using System.Text;

namespace Ringwall.Trust.Tests;

/// <summary>One wrong field at a time, under right signatures.</summary>
public sealed class MalformedTests
{
    private readonly SimulatedRepository _repository = new();
    private readonly Device _device;

    public MalformedTests()
    {
        _repository.StatesContent = false;
        _repository.Delegate(RoleName.Targets, "acme", true, "acme/*");
        _repository.AddTarget("file", [1]);
        _device = new Device(_repository);
    }

    [Theory]
    [InlineData("timestamp", "version", "0", RejectionReason.Malformed)]
    [InlineData("timestamp", "version", "9007199254740992", RejectionReason.Malformed)]
    [InlineData("timestamp", "version", "\"1\"", RejectionReason.Malformed)]
    [InlineData("timestamp", "expires", "\"2030-03-02T12:00:00\"", RejectionReason.Malformed)]
    [InlineData("timestamp", "expires", "\"2030-03-02T12:00:00+00:00\"", RejectionReason.Malformed)]
    [InlineData("timestamp", "expires", "\"2030-03-02T12:00:00.0Z\"", RejectionReason.Malformed)]
    [InlineData("timestamp", "expires", "\" 2030-3-02T12:00:00Z\"", RejectionReason.Malformed)]
    [InlineData("timestamp", "expires", "\"2030-02-30T12:00:00Z\"", RejectionReason.Malformed)]
    [InlineData("timestamp", "expires", "1900000000", RejectionReason.Malformed)]
    [InlineData("timestamp", "spec_version", "\"2.0.0\"", RejectionReason.SpecVersion)]
    [InlineData("timestamp", "spec_version", "\"1\"", RejectionReason.SpecVersion)]
    [InlineData("timestamp", "spec_version", "\"1.\"", RejectionReason.SpecVersion)]
    [InlineData("timestamp", "spec_version", "\"1.0.0.0\"", RejectionReason.SpecVersion)]
    [InlineData("timestamp", "spec_version", "\"1.0.x\"", RejectionReason.SpecVersion)]
    [InlineData("timestamp", "spec_version", "\"10.0\"", RejectionReason.SpecVersion)]
    [InlineData("timestamp", "spec_version", null, RejectionReason.Malformed)]
    [InlineData("timestamp", "_type", null, RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", "{}", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"root.json":{"version":1}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2},"root.json":{"version":1}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":0}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"length":-1}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"hashes":{}}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"hashes":{"sha256":"00"}}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"hashes":{"sha256":7}}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"hashes":{"other":"00"}}}""", RejectionReason.NoKnownDigest)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"hashes":{"sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}}""", RejectionReason.Malformed)]
    [InlineData("timestamp", "meta", """{"snapshot.json":{"version":2,"hashes":{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}}""", RejectionReason.DigestMismatch)]
    [InlineData("snapshot", "meta", """{"other.json":{"version":1}}""", RejectionReason.Malformed)]
    [InlineData("snapshot", "meta", """{"targets.json":{"version":2},"x.json":7}""", RejectionReason.Malformed)]
    [InlineData("snapshot", "meta", "[]", RejectionReason.Malformed)]
    [InlineData("targets", "targets", null, RejectionReason.Malformed)]
    [InlineData("targets", "targets", """{"":{"length":1,"hashes":{"sha512":"x"}}}""", RejectionReason.Malformed)]
    [InlineData("targets", "targets", """{"x":{"length":-1,"hashes":{"other":"x"}}}""", RejectionReason.Malformed)]
    [InlineData("targets", "targets", """{"x":{"length":1}}""", RejectionReason.Malformed)]
    [InlineData("targets", "targets", """{"x":{"length":1,"hashes":{"other":"x"},"custom":[]}}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", "{}", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"succinct_roles":{}}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"a","keyids":[],"threshold":1},{"name":"a","keyids":[],"threshold":1}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"timestamp","keyids":[],"threshold":1}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"","keyids":[],"threshold":1}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"a","keyids":[],"threshold":1,"paths":["a"],"path_hash_prefixes":["0"]}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"a","keyids":[],"threshold":1,"paths":["[a]"]}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"a","keyids":[],"threshold":1,"path_hash_prefixes":[""]}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"a","keyids":[],"threshold":1,"path_hash_prefixes":["A"]}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{},"roles":[{"name":"a","keyids":[],"threshold":1,"terminating":1}]}""", RejectionReason.Malformed)]
    [InlineData("targets", "delegations", """{"keys":{"00":{"keytype":"x","scheme":"y","keyval":{}}},"roles":[]}""", RejectionReason.KeyIdMismatch)]
    [InlineData("targets", "delegations", """{"keys":{"00":{"keytype":"x","scheme":"y"}},"roles":[]}""", RejectionReason.Malformed)]
    public void A_wrong_field_is_refused(string role, string field, string? json, RejectionReason reason)
    {
        _repository.PublishAll();
        string name = role == RoleName.Timestamp ? "timestamp.json" : $"2.{role}.json";
        MetaValue.Map body = SignedFile.Read(_repository.Served[name]).Body.With(field, json is null ? null : MetaReader.Read(Encoding.UTF8.GetBytes(json)));
        _repository.Served[name] = FileSigning.Sign(body, _repository.Signers[role]);
        Assert.Equal(reason, _device.RefreshRefused());

        // What is wrong with a description shows when the described file is there.
        Assert.Equal(reason is RejectionReason.NoKnownDigest or RejectionReason.DigestMismatch, _device.Disk.ContainsKey(role));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.0.31")]
    [InlineData("1.99.0")]
    public void Other_minor_versions_of_the_specification_are_read(string version)
    {
        _repository.PublishAll();
        _repository.Served["timestamp.json"] = FileSigning.Sign(SignedFile.Read(_repository.Served["timestamp.json"]).Body.With("spec_version", MetaValue.Of(version)), _repository.Signers[RoleName.Timestamp]);
        _device.Refresh();
    }

    [Theory]
    [InlineData("""{"signed":{}}""", RejectionReason.Malformed)]
    [InlineData("""{"signatures":[]}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":[],"signatures":[]}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":{},"signatures":{}}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":{},"signatures":[7]}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":{},"signatures":[{"sig":"00"}]}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":{},"signatures":[{"keyid":"a"}]}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":{},"signatures":[{"keyid":"a","sig":7}]}""", RejectionReason.Malformed)]
    [InlineData("""{"signed":{},"signatures":[{"keyid":"a","sig":""},{"keyid":"a","sig":"00"}]}""", RejectionReason.DuplicateSignature)]
    [InlineData("7", RejectionReason.Malformed)]
    public void A_file_that_is_none_is_refused(string json, RejectionReason reason) =>
        Assert.Equal(reason, Assert.Throws<UpdateRejectedException>(() => SignedFile.Read(Encoding.UTF8.GetBytes(json))).Reason);

    [Fact]
    public void Lists_are_bounded()
    {
        string many = string.Join(',', Enumerable.Range(0, 257).Select(i => $$"""{"keyid":"{{i}}","sig":""}"""));
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => SignedFile.Read(Encoding.UTF8.GetBytes($$"""{"signed":{},"signatures":[{{many}}]}"""))).Reason);
        MetaValue.Map keys = new(Enumerable.Range(0, 4_097).ToDictionary(i => $"{i}", i => (MetaValue)MetaValue.Map.Empty));
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => KeyTable.Read(keys)).Reason);
        MetaValue.Map digests = new(Enumerable.Range(0, 17).ToDictionary(i => $"{i}", i => MetaValue.Of("0")));
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => DigestSet.Read(digests)).Reason);
        MetaValue.Map role = MetaValue.Map.Empty.With("threshold", MetaValue.Of(1)).With("keyids", MetaValue.Of(Enumerable.Range(0, 129).Select(i => $"{i}")));
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => RoleKeys.Read(role)).Reason);
        Assert.Equal(RejectionReason.Malformed, Assert.Throws<UpdateRejectedException>(() => TargetFile.Read(new string('p', 1_025), MetaValue.Map.Empty)).Reason);
    }
}

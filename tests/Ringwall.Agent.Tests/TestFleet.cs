using System.Security.Cryptography;
using Ringwall.Trust;

namespace Ringwall.Agent.Tests;

/// <summary>Vendors and operator of a fleet, with their keys and everything that they published, by the address below the server.</summary>
internal sealed class TestFleet
{
    public const string Vendor = "acme";
    private readonly Authority _vendors;
    private readonly Authority _director;
    private readonly ISigner _acme = NewKey();
    private readonly Dictionary<string, TargetFile> _stated = [];
    private readonly Dictionary<string, TargetFile> _ordered = [];
    private long _version;

    public TestFleet(DateTimeOffset now, TimeSpan? life = null)
    {
        Life = life ?? TimeSpan.FromDays(1);
        _vendors = new Authority("vendors", now, this);
        _director = new Authority("director", now, this);
        Publish(now);
    }

    /// <summary>How long a timestamp is believed.</summary>
    public TimeSpan Life { get; set; }

    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public byte[] VendorsRoot => Files["vendors/1.root.json"];

    public byte[] DirectorRoot => Files["director/1.root.json"];

    public static ISigner NewKey() => new EcdsaSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static OperatorOrder Everybody(DateTimeOffset started, string cell, string ring = "canary") => new()
    {
        Salt = "00112233445566778899aabbccddeeff", StartedAt = started, Exposure = [ExposureShare.Of(ring, cell, 1)],
    };

    /// <summary>Vendor and operator agree on a release; <see cref="Publish"/> publishes it.</summary>
    public TargetFile Release(string path, byte[] package, string version, OperatorOrder order)
    {
        State(path, package, version, order.WayBackFrom);
        return Order(path, package, order);
    }

    public TargetFile State(string path, byte[] package, string version, string? wayBackFrom = null)
    {
        TargetFile file = new(path, package.Length, DigestSet.Of(package), new VendorStatement(version, null, wayBackFrom).Describe());
        Files[$"packages/{file.PathToFetch(true)}"] = package;
        return _stated[path] = file;
    }

    public TargetFile Order(string path, byte[] package, OperatorOrder order) => _ordered[path] = new TargetFile(path, package.Length, DigestSet.Of(package), order.Describe());

    /// <summary>A device's place, signed with the director's key for targets, or with another.</summary>
    public byte[] Place(PlaceOrder order, ISigner? by = null) => by is null ? _director.Sign(order.Describe()) : FileSigning.Sign(order.Describe(), by);

    public void Unoffer(string path) => _ordered.Remove(path);

    /// <summary>The vendor says nothing of it any more.</summary>
    public void Unstate(string path) => _stated.Remove(path);

    /// <summary>Nobody has taken the vendor's keys away.</summary>
    public bool IsVendorKnown { get; set; } = true;

    public void Publish(DateTimeOffset now)
    {
        _version++;
        TargetsDraft top = new() { Expires = now.AddDays(300), Version = _version };
        if (IsVendorKnown)
        {
            top.Delegate(Vendor, [_acme.Key], 1, [$"{Vendor}/*/*"]);
        }

        TargetsDraft acme = new() { Expires = now.AddDays(300), Version = _version };
        foreach (TargetFile file in _stated.Values)
        {
            acme.Set(file);
        }

        TargetsDraft orders = new() { Expires = now.AddDays(300), Version = _version };
        foreach (TargetFile file in _ordered.Values)
        {
            orders.Set(file);
        }

        Dictionary<string, byte[]> said = new() { [RoleName.Targets] = _vendors.Sign(top) };
        if (IsVendorKnown)
        {
            said[Vendor] = FileSigning.Sign(acme.Body(), _acme);
        }

        _vendors.Publish(said, now);
        _director.Publish(new Dictionary<string, byte[]> { [RoleName.Targets] = _director.Sign(orders) }, now);
    }

    /// <summary>Fresh timestamps, nothing else.</summary>
    public void Refresh(DateTimeOffset now)
    {
        _vendors.Publish(new Dictionary<string, byte[]>(), now);
        _director.Publish(new Dictionary<string, byte[]>(), now);
    }

    /// <summary>A new root with new keys for timestamp and snapshot, of both repositories.</summary>
    public void RotateKeys(DateTimeOffset now)
    {
        _vendors.Rotate(now);
        _director.Rotate(now);
        Publish(now);
    }

    private sealed class Authority
    {
        private readonly string _name;
        private readonly TestFleet _fleet;
        private readonly ISigner _root = NewKey();
        private readonly ISigner _targets = NewKey();
        private readonly Publisher _publisher;
        private ISigner _online = NewKey();

        public Authority(string name, DateTimeOffset now, TestFleet fleet)
        {
            (_name, _fleet) = (name, fleet);
            RootDraft draft = new() { Expires = now.AddDays(3000) };
            draft.AddKey(RoleName.Root, _root.Key).AddKey(RoleName.Targets, _targets.Key).AddKey(RoleName.Snapshot, _online.Key).AddKey(RoleName.Timestamp, _online.Key);
            byte[] root = FileSigning.Sign(draft.Body(), _root);
            fleet.Files[$"{name}/1.root.json"] = root;
            _publisher = Publisher.Open(new Dictionary<string, byte[]> { [RoleName.Root] = root });
        }

        public byte[] Sign(Draft draft) => Sign(draft.Body());

        public byte[] Sign(MetaValue.Map body) => FileSigning.Sign(body, _targets);

        public void Publish(IReadOnlyDictionary<string, byte[]> targets, DateTimeOffset now)
        {
            foreach (PublishedFile file in _publisher.Publish(targets, new OnlineKeys([_online], [_online], TimeSpan.FromDays(300), _fleet.Life), now))
            {
                _fleet.Files[$"{_name}/{file.Name}"] = file.Content;
            }
        }

        public void Rotate(DateTimeOffset now)
        {
            ISigner old = _online;
            _online = NewKey();
            RootDraft next = new(_publisher.Root) { Expires = now.AddDays(3000) };
            next.RemoveKey(RoleName.Snapshot, old.Key.Id).RemoveKey(RoleName.Timestamp, old.Key.Id).AddKey(RoleName.Snapshot, _online.Key).AddKey(RoleName.Timestamp, _online.Key);
            PublishedFile root = _publisher.PublishRoot(FileSigning.Sign(next.Body(), _root));
            _fleet.Files[$"{_name}/{root.Name}"] = root.Content;
        }
    }
}

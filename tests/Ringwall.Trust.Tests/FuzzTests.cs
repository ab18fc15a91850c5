using System.Text;
using System.Text.Json;

namespace Ringwall.Trust.Tests;

/// <summary>
/// Every reader of foreign bytes on changed bytes and on changed values. It refuses with a reason or accepts; what it accepts is looked at again by slow and obvious code, and what a
/// device had stays when it refuses. The seeds are in the messages.
/// </summary>
public sealed class FuzzTests
{
    private readonly SimulatedRepository _repository = new();
    private readonly Device _device;

    public FuzzTests()
    {
        _repository.Delegate(RoleName.Targets, "acme", true, "acme/*/*", "a?b*");
        ISigner bin = TestKeys.NewEd25519(3);
        _repository.Draft().Delegate(new Delegation("bin", new RoleKeys([bin.Key.Id], 1), false, null, ["0", "1f"]), [bin.Key]);
        OperatorOrder order = new()
        {
            Salt = "00112233445566778899aabbccddeeff",
            StartedAt = SimulatedRepository.Start,
            Exposure = [ExposureShare.Of("canary", "debian-12", 1)],
            Windows = [new InstallWindow(DayOfWeek.Friday, 60, 120)],
            Pinned = ["device-7"],
            Approvals = [new Approval("ada", SimulatedRepository.Start), new Approval("bob", SimulatedRepository.Start)],
            IsUrgent = true,
        };
        _repository.AddTarget("acme/av/content-1.tar.gz", [1, 2, 3], custom: order.Describe());
        _repository.PublishAll();
        _device = new Device(_repository);
        _device.Refresh();
        _repository.PublishRoot();
        _repository.StatesContent = false;
        _repository.Draft();
        _repository.PublishAll();
    }

    public static TheoryData<string, int> FilesAndSeeds
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string name in new[] { "2.root.json", "timestamp.json", "3.snapshot.json", "3.targets.json" })
            {
                data.Add(name, 1);
                data.Add(name, 2);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(FilesAndSeeds))]
    public void Changed_bytes_are_refused_with_a_reason_and_change_nothing(string name, int seed)
    {
        Random random = new(seed);
        byte[] right = _repository.Served[name];
        string role = name.Split('.')[^2];
        byte[] had = _device.Disk[role];
        Dictionary<RejectionReason, int> refused = [];
        for (int i = 0; i < 150; i++)
        {
            byte[] changed = ChangeBytes(right, random);
            Device device = Copy();
            device.Network = (file, content) => file == name ? changed : content;
            RejectionReason? reason = Try(device.Refresh, $"{name} seed {seed} round {i}");
            if (reason is { } why)
            {
                refused[why] = refused.GetValueOrDefault(why) + 1;
                Assert.Equal(had, device.Disk[role]);
                Assert.Equal(had, device.Trusted.Files[role]);
            }
            else
            {
                // Blanks, order, spelling of characters, a signature that was not needed: what is signed must be what was signed.
                Assert.Equal(SignedFile.Read(right).Message, SignedFile.Read(changed).Message);
            }
        }

        Assert.True(refused.GetValueOrDefault(RejectionReason.NotJson) > 8 && refused.GetValueOrDefault(RejectionReason.TooFewSignatures) > 8, string.Join(' ', refused));
    }

    // Signed by the right keys, so that what is behind the signatures is reached.
    [Theory, MemberData(nameof(FilesAndSeeds))]
    public void Changed_values_under_right_signatures_are_refused_or_make_sense(string name, int seed)
    {
        Random random = new(seed);
        string role = name.Split('.')[^2];
        SignedFile right = SignedFile.Read(_repository.Served[name]);
        byte[] had = _device.Disk[role];
        int accepted = 0;
        Dictionary<RejectionReason, int> refused = [];
        for (int i = 0; i < 120; i++)
        {
            byte[] changed = FileSigning.Sign((MetaValue.Map)ChangeValue(right.Body, random, isRoot: true), _repository.Signers[role]);
            Device device = Copy();
            device.Network = (file, content) => file == name ? changed : content;
            if (Try(device.Refresh, $"{name} seed {seed} round {i}") is { } why)
            {
                refused[why] = refused.GetValueOrDefault(why) + 1;
                Assert.True(had.AsSpan().SequenceEqual(device.Disk[role]) || changed.AsSpan().SequenceEqual(device.Disk[role]));
            }
            else
            {
                accepted++;
                Assert.True(device.Trusted.Targets!.Head.Expires > _repository.Now && device.Trusted.Timestamp!.Head.Expires > _repository.Now);
                Assert.Equal(device.Trusted.Timestamp.Snapshot.Version, device.Trusted.Snapshot!.Version);
                Assert.Equal(device.Trusted.Snapshot.Files["targets.json"].Version, device.Trusted.Targets.Version);
                Assert.All(device.Trusted.Root.Roles.Values, keys => Assert.True(keys.Threshold >= 1 && keys.KeyIds.Distinct().Count() == keys.KeyIds.Count));
                foreach (string path in device.Trusted.Targets.Targets.Keys)
                {
                    Try(() => AgreedRelease.Agree(device.Trusted, device.Search(path), path), $"{name} seed {seed} round {i}");
                }
            }
        }

        Assert.True(accepted > 5 && refused.GetValueOrDefault(RejectionReason.Malformed) > 5, $"{accepted} accepted, {string.Join(' ', refused)}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_the_reader_accepts_the_obvious_reader_reads_the_same(int seed)
    {
        Random random = new(seed);
        byte[] right = Encoding.UTF8.GetBytes("""{"a":[1,-20,{"b":"\u00e9\n\"\\/ 😀\ud83d\ude00"},null,true,[]],"zé":{"":false},"\ufffd":9007199254740991}""");
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 3_000; i++)
        {
            byte[] changed = ChangeBytes(right, random);
            byte[]? canonical = null;
            if (Try(() => canonical = CanonicalJson.Write(MetaReader.Read(changed)), $"seed {seed} round {i}") is null)
            {
                accepted++;
                using JsonDocument obvious = JsonDocument.Parse(changed, new JsonDocumentOptions { AllowDuplicateProperties = false });
                StringBuilder text = new();
                Obvious(obvious.RootElement, text);
                Assert.Equal(text.ToString(), Encoding.UTF8.GetString(canonical!));
            }
            else
            {
                refused++;
            }
        }

        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Small_readers_refuse_with_a_reason(int seed)
    {
        Random random = new(seed);
        MetaValue.Map key = TestKeys.New().Key.Value;
        MetaValue.Map edwards = TestKeys.NewEd25519(8).Key.Value;
        MetaValue.Map delegation = ((MetaValue.Map)_repository.Targets[RoleName.Targets].File.Body.Map("delegations").List("roles", 9)[0]).With("x", MetaValue.Of(1));
        int refused = 0;
        for (int i = 0; i < 600; i++)
        {
            string where = $"seed {seed} round {i}";
            Count(Try(() => PublicKey.Read((MetaValue.Map)ChangeValue(key, random, isRoot: true)).Verifies([1], [2]), where));
            Count(Try(() => PublicKey.Read((MetaValue.Map)ChangeValue(edwards, random, isRoot: true)).Verifies([1], new byte[64]), where));
            Count(Try(() => Delegation.Read((MetaValue.Map)ChangeValue(delegation, random, isRoot: true)).Covers("a/b"), where));
            Count(Try(() => ReleasePath.Read(Encoding.UTF8.GetString(ChangeBytes("acme/av/content-1.tar.gz"u8.ToArray(), random))), where));
        }

        Assert.True(refused > 120, $"only {refused} were refused");

        void Count(RejectionReason? reason) => refused += reason is null ? 0 : 1;
    }

    // Anything but a refusal is a defect, and names where it came from.
    private static RejectionReason? Try(Action action, string where)
    {
        try
        {
            action();
            return null;
        }
        catch (UpdateRejectedException e)
        {
            return e.Reason;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{where}: {e}", e);
        }
    }

    private Device Copy()
    {
        Device device = new(_repository);
        foreach ((string role, byte[] content) in _device.Disk)
        {
            device.Disk[role] = content;
        }

        return device;
    }

    private static byte[] ChangeBytes(byte[] right, Random random)
    {
        List<byte> bytes = [.. right];
        int at = random.Next(bytes.Count);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 2:
                bytes.RemoveRange(at, random.Next(1, Math.Min(20, bytes.Count - at) + 1));
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, random.Next(1, Math.Min(60, bytes.Count - at) + 1)));
                break;
            case 4:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(random, " ", "\n", "\\u0000", "\"", "0", "99999999999999999999", "[[[[", "{\"a\":", ",", "é", "-", ".5", "e9")));
                break;
            case 5:
                int digit = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                bytes[digit < 0 ? at : digit] = (byte)('0' + random.Next(10));
                break;
            default:
                bytes[at] = (byte)random.Next(256);
                break;
        }

        return [.. bytes];
    }

    // One value somewhere in the tree becomes another.
    private static MetaValue ChangeValue(MetaValue value, Random random, bool isRoot = false)
    {
        if (!isRoot && random.Next(4) == 0)
        {
            return Odd(random);
        }

        switch (value)
        {
            case MetaValue.Map { Fields.Count: > 0 } map:
                string name = map.Fields.Keys.ElementAt(random.Next(map.Fields.Count));
                return random.Next(8) switch
                {
                    0 => map.With(name, null),
                    1 => map.With(name, null).With(Pick(random, "", "x", name + " ", name.ToUpperInvariant(), "root", "../x", new string('n', 3_000)), map.Fields[name]),
                    2 => map.With(Pick(random, "x", "length", "hashes", "custom", "paths", "path_hash_prefixes", "mirrors"), Odd(random)),
                    _ => map.With(name, ChangeValue(map.Fields[name], random)),
                };
            case MetaValue.List { Items.Count: > 0 } list:
                List<MetaValue> items = [.. list.Items];
                int at = random.Next(items.Count);
                switch (random.Next(4))
                {
                    case 0:
                        items.RemoveAt(at);
                        break;
                    case 1:
                        items.Add(items[at]);
                        break;
                    default:
                        items[at] = ChangeValue(items[at], random);
                        break;
                }

                return MetaValue.Of(items);
            default:
                return Odd(random);
        }
    }

    private static MetaValue Odd(Random random) => random.Next(13) switch
    {
        0 => new MetaValue.Null(),
        1 => MetaValue.Of(random.Next(2) == 0),
        2 => MetaValue.Of(0),
        3 => MetaValue.Of(-1),
        4 => MetaValue.Of(long.MaxValue),
        5 => MetaValue.Of(random.Next(5)),
        6 => MetaValue.Of(""),
        7 => MetaValue.Of(Pick(random, "root", "2031-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "1.0", "2.0.0", "1.0.34", "a[", "*", "00", "\u0000", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----")),
        8 => MetaValue.Of(new string('a', 64)),
        9 => MetaValue.Of(new string('z', 20_000)),
        10 => new MetaValue.List([]),
        11 => MetaValue.Map.Empty,
        _ => MetaValue.Of(Enumerable.Range(0, 300).Select(i => MetaValue.Of($"{i}"))),
    };

    private static void Obvious(JsonElement element, StringBuilder to)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                // UTF-32 units are code points.
                IEnumerable<JsonProperty> sorted = element.EnumerateObject().OrderBy(property => property.Name.EnumerateRunes().Select(rune => rune.Value).ToArray(),
                    Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
                to.Append('{').AppendJoin(',', sorted.Select(property => $"{Quoted(property.Name)}:{Text(property.Value)}")).Append('}');
                break;
            case JsonValueKind.Array:
                to.Append('[').AppendJoin(',', element.EnumerateArray().Select(Text)).Append(']');
                break;
            case JsonValueKind.String:
                to.Append(Quoted(element.GetString()!));
                break;
            case JsonValueKind.Number:
                to.Append(element.GetInt64());
                break;
            default:
                to.Append(element.GetRawText());
                break;
        }
    }

    private static string Text(JsonElement element)
    {
        StringBuilder text = new();
        Obvious(element, text);
        return text.ToString();
    }

    private static string Quoted(string text) => string.Concat("\"", string.Concat(text.Select(c => c is '"' or '\\' ? $"\\{c}" : $"{c}")), "\"");

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];
}

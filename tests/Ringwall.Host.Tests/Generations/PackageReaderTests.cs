using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Ringwall.Host.Generations.Store;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Tests.Generations;

public sealed class PackageReaderTests
{
    private const string Digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void What_was_packed_is_read()
    {
        Dictionary<string, string> read = [];
        PackageManifest manifest = Read(TestPackage.Of("7", "1.0", "2.0").Add("content/empty", "").Add("content/a/b/ä.txt", "deep").Bytes(), read);
        Assert.Equal("7", manifest.Version);
        Assert.Equal("1.0", manifest.Engine?.Version);
        Assert.Equal("2.0", manifest.Content?.Version);
        Assert.Equal("rules 2.0", read["content/rules.txt"]);
        Assert.Equal("deep", read["content/a/b/ä.txt"]);
        Assert.Equal("", read["content/empty"]);
        Assert.Equal(5, read.Count);
    }

    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Pax)]
    public void Every_usual_kind_of_tar_is_read_with_its_folders(TarEntryFormat format)
    {
        TestPackage package = TestPackage.Of("7", null, "2.0");
        using MemoryStream tar = new();
        using (TarWriter writer = new(tar, format, leaveOpen: true))
        {
            using TarReader from = new(new MemoryStream(package.Tar()));
            while (from.GetNextEntry() is { } entry)
            {
                if (entry.Name.StartsWith("content", StringComparison.Ordinal))
                {
                    writer.WriteEntry(Entry(format, TarEntryType.Directory, "./content/", null));
                }

                writer.WriteEntry(Entry(format, format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, $"./{entry.Name}", entry.DataStream));
            }
        }

        Dictionary<string, string> read = [];
        _ = Read(Packed(tar.ToArray()), read);
        Assert.Equal("rules 2.0", Assert.Single(read).Value);
    }

    public static TheoryData<string, string, string> Bad => new()
    {
        { "a link", nameof(StoreFault.Kind), "content/link" },
        { "a hard link", nameof(StoreFault.Kind), "content/hard" },
        { "a device", nameof(StoreFault.Kind), "content/null" },
        { "a pipe", nameof(StoreFault.Kind), "content/pipe" },
        { "an absolute path", nameof(StoreFault.Path), "/etc/passwd" },
        { "a parent", nameof(StoreFault.Path), "content/../../x" },
        { "a folder that is a parent", nameof(StoreFault.Path), "../x" },
        { "an undeclared file", nameof(StoreFault.Undeclared), "content/more" },
        { "a duplicate", nameof(StoreFault.Duplicate), "content/rules.txt" },
        { "a second manifest", nameof(StoreFault.Duplicate), "package.json" },
        { "a missing file", nameof(StoreFault.Missing), "content/gone" },
        { "other bytes", nameof(StoreFault.Digest), "content/other" },
        { "more bytes", nameof(StoreFault.Digest), "content/longer" },
        { "no manifest", nameof(StoreFault.Manifest), "content/rules.txt" },
        { "a tail", nameof(StoreFault.TooMuch), "follows its end" },
        { "a long extended header", nameof(StoreFault.Unreadable), "between its files" },
        { "a header of gigabytes", nameof(StoreFault.Unreadable), "cannot be read" },
        { "half", nameof(StoreFault.Unreadable), "the package" },
        { "nonsense", nameof(StoreFault.Unreadable), "the package" },
        { "nothing", nameof(StoreFault.Manifest), "begins with package.json" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_is_refused_by_its_name(string what, string fault, string said)
    {
        StoreException refused = Assert.Throws<StoreException>(() => Read(Broken(what), []));
        Assert.True($"{refused.Fault}" == fault, $"{refused.Fault}: {refused.Message}");
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"format":2,"sensor":"marker","version":"1","content":{"version":"1"},"files":[]}""", "format")]
    [InlineData("""{"sensor":"marker","version":"1","content":{"version":"1"},"files":[]}""", "format")]
    [InlineData("""{"format":1,"sensor":"../x","version":"1","content":{"version":"1"},"files":[]}""", "sensor")]
    [InlineData("""{"format":1,"sensor":"marker","version":"1","files":[]}""", "neither which engine")]
    [InlineData("""{"format":1,"sensor":"marker","version":"1","content":{"version":"1"},"files":[]}""", "no file lies below content/")]
    [InlineData("""{"format":1,"sensor":"marker","version":"1","content":{"version":"1"},"more":1}""", "no such key")]
    [InlineData("""{"format":1,"sensor":"marker","version":"1\u001b[2J","content":{"version":"1"}}""", "not shown")]
    [InlineData("""{"format":1,"sensor":"marker","version":"1","content":{"version":"1"},"signatures":[{}]}""", "signatures")]
    [InlineData("""{"format":1,"sensor":"marker","version":"1","engine":{"version":"1","reads":[{"id":"a","hash":"b"}]}}""", "hash")]
    [InlineData("""[]""", "object")]
    [InlineData("""{"format":1,"format":1}""", "not JSON")]
    [InlineData("""{"format":1,"sensor":"marker","version":"\ud800"}""", "UTF-8")]
    public void A_manifest_is_read_strictly(string text, string said)
    {
        TestPackage package = TestPackage.Of("1", null, "1");
        package.ManifestText = text;
        StoreException refused = Assert.Throws<StoreException>(() => Read(package.Bytes(), []));
        Assert.Equal(StoreFault.Manifest, refused.Fault);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("engine/../x", "a ..")]
    [InlineData("/content/x", "below engine/ or content/")]
    [InlineData("content//x", "empty part")]
    [InlineData("content/x/", "empty part")]
    [InlineData("content/./x", "a .")]
    [InlineData("content/a\\b", "backslash")]
    [InlineData("content/a\nb", "control character")]
    [InlineData("content", "below engine/ or content/")]
    [InlineData("contents/x", "below engine/ or content/")]
    [InlineData("content/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g", "deep")]
    public void A_path_that_is_a_trick_is_none(string path, string said) => Assert.Contains(said, PackagePath.Fault(path), StringComparison.Ordinal);

    [Theory]
    [InlineData("content/x", "content/x", "named twice")]
    [InlineData("content/x", "content/x/y", "a file and a folder")]
    [InlineData("content/x", "engine/y", "no word about an engine")]
    public void Files_that_cannot_stand_together_are_refused(string one, string other, string said)
    {
        TestPackage package = TestPackage.Of("1", null, "1");
        package.Manifest = package.Manifest with { Files = [File(one), File(other)] };
        StoreException refused = Assert.Throws<StoreException>(() => Read(package.Bytes(), []));
        Assert.Equal(StoreFault.Manifest, refused.Fault);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_package_may_have_is_refused_before_it_is_unpacked()
    {
        TestPackage package = TestPackage.Of("1", null, "1");
        package.Manifest = package.Manifest with { Files = [File("content/a") with { Bytes = PackageLimits.Bytes }, File("content/b") with { Bytes = 1 }] };
        Assert.Contains("together they have more", Assert.Throws<StoreException>(() => Read(package.Bytes(), [])).Message, StringComparison.Ordinal);
        package.Manifest = package.Manifest with { Files = [.. Enumerable.Range(0, PackageLimits.Files + 1).Select(i => File($"content/{i}"))] };
        Assert.Contains("at most 10,000", Assert.Throws<StoreException>(() => Read(package.Bytes(), [])).Message, StringComparison.Ordinal);
    }

    // Bytes changed in the archive and in the tar below it, so that not everything stops at the checksum of gzip.
    [Fact]
    public void Whatever_the_bytes_are_the_answer_is_a_package_or_a_reason()
    {
        Random random = new(20_240_719);
        TestPackage seed = TestPackage.Of("1", "1.0", "2.0").Add("content/a/b.txt", new string('x', 700));
        byte[] tar = seed.Tar();
        byte[] packed = seed.Bytes();
        Dictionary<StoreFault, int> refused = [];
        int good = 0;
        for (int i = 0; i < 6_000; i++)
        {
            byte[] bytes = i % 3 == 0 ? Changed(packed, random) : Packed(Changed(tar, random));
            try
            {
                long total = 0;
                using PackageReader reader = new(new MemoryStream(bytes));
                PackageManifest manifest = reader.ReadManifest(out _);
                reader.Unpack(manifest, (file, part) =>
                {
                    total += part.Length;
                    Assert.Null(PackagePath.Fault(file.Path));
                });
                Assert.Equal(manifest.Files.Sum(file => file.Bytes), total);
                good++;
            }
            catch (StoreException why)
            {
                refused[why.Fault] = refused.GetValueOrDefault(why.Fault) + 1;
            }
        }

        string counts = $"{good} good; {string.Join(", ", refused.Select(entry => $"{entry.Key} {entry.Value}"))}";
        Assert.True(good > 100 && refused.Count >= 6 && refused.Values.Sum() > 1000, $"{counts}: this run proved nothing");
    }

    private static byte[] Changed(byte[] of, Random random)
    {
        byte[] bytes = [.. of];
        for (int change = random.Next(4); change > 0; change--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.AsSpan(at, Math.Min(random.Next(1024), bytes.Length - at)).Clear(); break;
                case 2: bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(random.Next(bytes.Length))]; break;
                case 3: bytes.AsSpan(0, Math.Min(512, bytes.Length - at)).CopyTo(bytes.AsSpan(at)); break;
                case 4: bytes[at] = (byte)random.Next(256); break;
                default:
                    // The headers are where it hurts: their kinds, sizes and names.
                    int header = at / 512 * 512;
                    int field = header + (random.Next(3) switch { 0 => 156, 1 => 124 + random.Next(12), _ => random.Next(100) });
                    bytes[Math.Min(field, bytes.Length - 1)] = (byte)"0125xgLKS7/\0"[random.Next(12)];
                    Sum(bytes, header);
                    break;
            }

            if (bytes.Length == 0)
            {
                return bytes;
            }
        }

        return bytes;
    }

    // Makes a changed header right again, so that what was changed is looked at.
    private static void Sum(byte[] tar, int header)
    {
        if (header + 512 <= tar.Length)
        {
            Span<byte> block = tar.AsSpan(header, 512);
            block.Slice(148, 8).Fill((byte)' ');
            int sum = 0;
            foreach (byte b in block)
            {
                sum += b;
            }

            Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ").CopyTo(block[148..]);
        }
    }

    internal static byte[] Broken(string what)
    {
        TestPackage package = TestPackage.Of("1", null, "1");
        switch (what)
        {
            case "a link": return package.Put(new PaxTarEntry(TarEntryType.SymbolicLink, "content/link") { LinkName = "/etc/shadow" }).Bytes();
            case "a hard link": return package.Put(new PaxTarEntry(TarEntryType.HardLink, "content/hard") { LinkName = "content/rules.txt" }).Bytes();
            case "a device": return package.Put(new PaxTarEntry(TarEntryType.CharacterDevice, "content/null") { DeviceMajor = 1, DeviceMinor = 3 }).Bytes();
            case "a pipe": return package.Put(new PaxTarEntry(TarEntryType.Fifo, "content/pipe")).Bytes();
            case "an absolute path": return package.Put("/etc/passwd", "x").Bytes();
            case "a parent": return package.Put("content/../../x", "x").Bytes();
            case "a folder that is a parent": return package.Put(new PaxTarEntry(TarEntryType.Directory, "../x")).Bytes();
            case "an undeclared file": return package.Put("content/more", "x").Bytes();
            case "a duplicate": return package.Put("content/rules.txt", "rules 1").Bytes();
            case "a second manifest": return package.Put("package.json", "{}").Bytes();
            case "a missing file":
                package.Manifest = package.Manifest with { Files = [.. package.Manifest.Files, File("content/gone")] };
                return package.Bytes();
            case "other bytes":
                package.Manifest = package.Manifest with { Files = [.. package.Manifest.Files, File("content/other")] };
                return package.Put("content/other", "abd").Bytes();
            case "more bytes":
                package.Manifest = package.Manifest with { Files = [.. package.Manifest.Files, File("content/longer")] };
                return package.Put("content/longer", "abcd").Bytes();
            case "no manifest": return Packed(package.Tar().AsSpan(AfterManifest(package.Tar())).ToArray());
            case "a tail": return Packed([.. package.Tar(), .. new byte[2048], 1]);
            case "a long extended header":
                return package.Put(new PaxTarEntry(TarEntryType.RegularFile, "content/more", new Dictionary<string, string> { ["comment"] = new('x', 1 << 20) })).Bytes();
            case "a header of gigabytes": return Packed(GiantHeader());
            case "half": return package.Bytes()[..^300];
            case "nonsense": return Encoding.ASCII.GetBytes(new string('x', 5000));
            default: return Packed(new byte[1024]);
        }
    }

    // "x" header, checksum right, that claims to have 2,147,483,000 bytes.
    private static byte[] GiantHeader()
    {
        byte[] tar = new byte[4096];
        Encoding.ASCII.GetBytes("x").CopyTo(tar, 0);
        Encoding.ASCII.GetBytes("0000644\0").CopyTo(tar, 100);
        Encoding.ASCII.GetBytes("0000000\0").CopyTo(tar, 108);
        Encoding.ASCII.GetBytes("0000000\0").CopyTo(tar, 116);
        Encoding.ASCII.GetBytes("17777776170\0").CopyTo(tar, 124);
        Encoding.ASCII.GetBytes("00000000000\0").CopyTo(tar, 136);
        tar[156] = (byte)'x';
        Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(tar, 257);
        Sum(tar, 0);
        return tar;
    }

    // The extended header, its data, the header, the data: whole blocks each.
    private static int AfterManifest(byte[] tar)
    {
        int at = 0;
        for (int entry = 0; entry < 2; entry++)
        {
            int size = Convert.ToInt32(Encoding.ASCII.GetString(tar, at + 124, 11).Trim('\0', ' '), 8);
            at += 512 + ((size + 511) / 512 * 512);
        }

        return at;
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name, Stream? bytes)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        if (bytes is not null)
        {
            entry.DataStream = bytes;
        }

        return entry;
    }

    // Three bytes, "abc".
    private static PackagedFile File(string path) => new() { Path = path, Bytes = 3, Sha256 = Digest };

    private static byte[] Packed(byte[] tar)
    {
        using MemoryStream to = new();
        using (GZipStream packed = new(to, CompressionLevel.NoCompression, leaveOpen: true))
        {
            packed.Write(tar);
        }

        return to.ToArray();
    }

    private static PackageManifest Read(byte[] package, Dictionary<string, string> files)
    {
        using PackageReader reader = new(new MemoryStream(package));
        PackageManifest manifest = reader.ReadManifest(out string digest);
        Assert.Equal(64, digest.Length);
        reader.Unpack(manifest, (file, bytes) => files[file.Path] = files.GetValueOrDefault(file.Path, "") + Encoding.UTF8.GetString(bytes));
        return manifest;
    }
}

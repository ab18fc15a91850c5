using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Tests.Commands;

public sealed class PackCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-pack-").FullName;

    [Fact]
    public async Task The_same_folders_give_the_same_bytes_whenever_and_wherever_they_lie()
    {
        string one = Folders("one", DateTime.UnixEpoch.AddYears(40));
        string other = Folders("other", DateTime.UnixEpoch.AddYears(50));
        CommandRun run = await Pack(one, "a.tar.gz");
        Assert.True(run.Exit == 0, run.Complained);
        Assert.Equal(0, (await Pack(other, "b.tar.gz")).Exit);
        Assert.Equal(File.ReadAllBytes(InFolder("a.tar.gz")), File.ReadAllBytes(InFolder("b.tar.gz")));
    }

    [Fact]
    public async Task A_package_is_what_the_page_says()
    {
        string folders = Folders("one", DateTime.UnixEpoch);
        string deep = Path.Combine(folders, "content", new string('d', 90), new string('e', 90));
        Directory.CreateDirectory(deep);
        File.WriteAllText(Path.Combine(deep, "file"), "deep");
        CommandRun run = await Pack(folders, "p.tar.gz", "--json");
        Assert.True(run.Exit == 0, run.Complained);
        PackageManifest packed = JsonSerializer.Deserialize(run.Said, PackageJson.Default.PackageManifest)!;
        Assert.Equal(("marker", "Example", "7", "1.4", "5120"), (packed.Sensor, packed.Vendor, packed.Version, packed.Engine!.Version, packed.Content!.Version));
        Assert.Equal((2, "719ecce5c8a87f3ee5165f98e006c74aade98c12ce25d6c0cdaf26cacf496b2b"), (packed.Content.Schema!.Count, packed.Content.Schema.Hash));
        Assert.Equal("marks-2", Assert.Single(packed.Engine.Reads).Id);
        Assert.Equal(["content/dd", "content/ru", "engine/mar", "engine/sen"], packed.Files.Select(file => file.Path[..10]));
        Assert.Equal([false, false, true, false], packed.Files.Select(file => file.Executable));

        using TarReader tar = new(new GZipStream(File.OpenRead(InFolder("p.tar.gz")), CompressionMode.Decompress));
        List<string> names = [];
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
            Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
        }

        Assert.Equal([PackageManifest.FileName, .. packed.Files.Select(file => file.Path)], names);

        // Other people's tar reads it, too.
        using Process list = Process.Start(new ProcessStartInfo("tar", ["-tzf", InFolder("p.tar.gz")]) { RedirectStandardOutput = true })!;
        Assert.Equal(names, (await list.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_no_package_has_is_refused()
    {
        string folders = Folders("one", DateTime.UnixEpoch);
        File.CreateSymbolicLink(Path.Combine(folders, "content", "link"), "/etc/passwd");
        CommandRun run = await Pack(folders, "p.tar.gz");
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("content/link: a package has files and folders only", run.Complained, StringComparison.Ordinal);
        Assert.False(File.Exists(InFolder("p.tar.gz")));
    }

    [Fact]
    public async Task A_sensor_json_that_is_none_is_refused()
    {
        string folders = Folders("one", DateTime.UnixEpoch);
        File.WriteAllText(Path.Combine(folders, "engine", "sensor.json"), "{}");
        CommandRun run = await Pack(folders, "p.tar.gz");
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("sensor.json: it is no sensor.json", run.Complained, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandRun> Pack(string folders, string name, params string[] more) => CommandRun.OfAsync(
    [
        "pack", InFolder(name), "--release", "7", "--engine", Path.Combine(folders, "engine"), "--content", Path.Combine(folders, "content"), "--content-version", "5120",
        "--schema", Path.Combine(folders, "schema.json"), .. more,
    ]);

    private string InFolder(string name) => Path.Combine(_folder, name);

    private string Folders(string name, DateTime at)
    {
        string root = InFolder(name);
        Directory.CreateDirectory(Path.Combine(root, "engine"));
        Directory.CreateDirectory(Path.Combine(root, "content"));
        string schema = $$"""{ "id": "marks-2", "fields": [{ "name": "path", "type": "text" }, { "name": "mark", "type": "u32" }] }""";
        string hash = ContentSchema.HashOf([new SchemaField("path", "text"), new SchemaField("mark", "u32")]);
        foreach ((string path, string text) in new[]
        {
            ("schema.json", schema),
            ("content/rules", "rules"),
            ("engine/sensor.json", $$"""{ "name": "marker", "vendor": "Example", "version": "1.4", "executable": "marker", "reads": [{ "id": "marks-2", "hash": "{{hash}}" }] }"""),
            ("engine/marker", "#!/bin/false"),
        })
        {
            File.WriteAllText(Path.Combine(root, path), text);
            File.SetLastWriteTimeUtc(Path.Combine(root, path), at);
        }

        File.SetUnixFileMode(Path.Combine(root, "engine/marker"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return root;
    }
}

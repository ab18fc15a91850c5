using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwall.Museum.Staging;

/// <summary>Makes packages as a vendor would, from docs/packages.md alone, so that they can lie where a vendor's could.</summary>
internal static class Release
{
    private const string Schema = "behaviour";

    /// <summary>How many fields the engine reads.</summary>
    public const int Fields = 20;

    /// <param name="file">The package to write.</param>
    /// <param name="sensor">Which sensor it is for.</param>
    /// <param name="version">The release's and the content's.</param>
    /// <param name="behaviour">The content.</param>
    /// <param name="engine">A folder with a new engine, and its version; null leaves the engine as it is.</param>
    /// <param name="fields">How many fields the content says that it has.</param>
    public static string Pack(string file, string sensor, string version, IEnumerable<string> behaviour, (string Folder, string Version)? engine = null, int fields = Fields)
    {
        Dictionary<string, byte[]> files = new() { ["content/behaviour"] = Encoding.UTF8.GetBytes(string.Join('\n', behaviour) + "\n") };
        JsonObject manifest = new() { ["format"] = 1, ["sensor"] = sensor, ["vendor"] = SensorFolder.Vendor, ["version"] = version };
        if (engine is { } program)
        {
            foreach (string path in Directory.EnumerateFiles(program.Folder))
            {
                files[$"engine/{Path.GetFileName(path)}"] = File.ReadAllBytes(path);
            }

            manifest["engine"] = new JsonObject { ["version"] = program.Version, ["reads"] = new JsonArray(Reads()) };
        }

        JsonArray list = [];
        manifest["content"] = new JsonObject
        {
            ["version"] = version,
            ["schema"] = new JsonObject { ["id"] = Schema, ["fields"] = FieldList(fields), ["count"] = fields, ["hash"] = Hash(fields) },
        };
        foreach ((string path, byte[] bytes) in files)
        {
            JsonObject entry = new() { ["path"] = path, ["bytes"] = bytes.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
            if (path == "engine/faulty")
            {
                entry["executable"] = true;
            }

            list.Add((JsonNode)entry);
        }

        manifest["files"] = list;
        manifest["signatures"] = new JsonArray();
        using FileStream stream = File.Create(file);
        using GZipStream packed = new(stream, CompressionLevel.Fastest);
        using TarWriter tar = new(packed);
        Add(tar, "package.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        foreach ((string path, byte[] bytes) in files)
        {
            Add(tar, path, bytes);
        }

        return file;
    }

    /// <summary>What an engine's sensor.json, or its part of a package.json, says that it reads.</summary>
    public static JsonObject Reads() => new() { ["id"] = Schema, ["hash"] = Hash(Fields) };

    private static JsonArray FieldList(int count) => [.. Names(count).Select(name => (JsonNode)new JsonObject { ["name"] = name, ["type"] = "text" })];

    private static string Hash(int count) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Names(count).Select(name => $"{name}\ttext\n")))));

    private static IEnumerable<string> Names(int count) => Enumerable.Range(1, count).Select(number => $"field-{number}");

    private static void Add(TarWriter tar, string name, byte[] bytes) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
}

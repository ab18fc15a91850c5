using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Tests.Generations;

/// <summary>A package as a vendor may make it, well or badly.</summary>
internal sealed class TestPackage
{
    private readonly List<TarEntry> _entries = [];

    /// <summary>What package.json says; a test changes it before <see cref="Bytes"/>.</summary>
    public PackageManifest Manifest { get; set; } = new() { Sensor = "marker", Vendor = "Example", Version = "1", Files = [] };

    /// <summary>Instead of the manifest's JSON.</summary>
    public string? ManifestText { get; set; }

    public static TestPackage Of(string version, string? engine = null, string? content = null, ContentSchema? schema = null, params SchemaName[] reads)
    {
        TestPackage package = new();
        package.Manifest = package.Manifest with { Version = version };
        if (engine is not null)
        {
            package.Manifest = package.Manifest with { Engine = new PackagedEngine { Version = engine, Reads = reads } };
            package.Add("engine/sensor.json", SensorJson(engine)).Add("engine/marker", $"#!/bin/false {engine}", executable: true);
        }

        if (content is not null)
        {
            package.Manifest = package.Manifest with { Content = new PackagedContent { Version = content, Schema = schema } };
            package.Add("content/rules.txt", $"rules {content}");
        }

        return package;
    }

    public static string SensorJson(string version) => $$"""{ "name": "marker", "vendor": "Example", "version": "{{version}}", "executable": "marker" }""";

    /// <summary>A file that package.json names.</summary>
    public TestPackage Add(string path, string text, bool executable = false) => AddBytes(path, Encoding.UTF8.GetBytes(text), executable);

    public TestPackage AddBytes(string path, byte[] bytes, bool executable = false)
    {
        Manifest = Manifest with
        {
            Files = [.. Manifest.Files, new PackagedFile { Path = path, Bytes = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), Executable = executable }],
        };
        return Put(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(bytes) });
    }

    /// <summary>A file that is there, whatever package.json says.</summary>
    public TestPackage Put(string path, string text) => Put(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });

    public TestPackage Put(TarEntry entry)
    {
        _entries.Add(entry);
        return this;
    }

    public byte[] Bytes()
    {
        using MemoryStream to = new();
        using (GZipStream packed = new(to, CompressionLevel.Fastest, leaveOpen: true))
        {
            packed.Write(Tar());
        }

        return to.ToArray();
    }

    public byte[] Tar()
    {
        using MemoryStream to = new();
        using (TarWriter writer = new(to, TarEntryFormat.Pax, leaveOpen: true))
        {
            string json = ManifestText ?? JsonSerializer.Serialize(Manifest, PackageJson.Pages.PackageManifest);
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, PackageManifest.FileName) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(json)) });
            foreach (TarEntry entry in _entries)
            {
                // A package is written as often as a test likes.
                _ = entry.DataStream?.Seek(0, SeekOrigin.Begin);
                writer.WriteEntry(entry);
            }
        }

        return to.ToArray();
    }

    public Stream Open() => new MemoryStream(Bytes());
}

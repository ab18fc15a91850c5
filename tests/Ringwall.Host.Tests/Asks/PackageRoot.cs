using System.Security.Cryptography;
using System.Text;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide.Guardrails;

namespace Ringwall.Host.Tests.Asks;

/// <summary>A small system of a test's own, with a package database.</summary>
internal sealed class PackageRoot
{
    private readonly string _root;

    public PackageRoot(string root)
    {
        _root = root;
        Directory.CreateDirectory(Path.Join(root, "var/lib/dpkg/info"));
        Status("");
        Set = new ProtectedSet(new PackageFiles(new DpkgDatabase(root)));
    }

    public ProtectedSet Set { get; }

    public string this[string path] => Path.Join(_root, path);

    /// <summary>Makes a file of the system.</summary>
    public string Write(string path, string content)
    {
        string full = this[path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        File.SetUnixFileMode(full, (UnixFileMode)0x1ED);
        return full;
    }

    /// <summary>Says what a package owns: paths as dpkg writes them, and the contents that they should have.</summary>
    public void Owns(string package, params (string Path, string Content)[] files) =>
        File.WriteAllLines(this[$"var/lib/dpkg/info/{package}.md5sums"], files.Select(file => $"{Digest(file.Content)}  {file.Path}"));

    public void Status(string text)
    {
        File.WriteAllText(this["var/lib/dpkg/status.new"], text);
        File.Move(this["var/lib/dpkg/status.new"], this["var/lib/dpkg/status"], overwrite: true);
    }

    public ProtectionWatch Watch(ProtectConfiguration? configured = null) =>
        new(new ProtectionSources { Root = _root, KernelRelease = "6.1", Configured = configured ?? new() }, Set, _ => { });

#pragma warning disable CA5351 // What dpkg has.
    public static string Digest(string content) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(content)));
#pragma warning restore CA5351
}

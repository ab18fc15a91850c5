// Owns:     STATE/spool: what the host reads. Files of either repository under the names that they have on the server, and packages under their digests.
// Ordering: each file arrives by rename, and those that point to others after those: whoever reads in between finds the old publication or the new one.

using Ringwall.Wire.Door;

namespace Ringwall.Agent.Fetching;

/// <summary>What the agent lays out for the host. It is believed by nobody: the host verifies each byte by itself.</summary>
internal sealed class Spool(string stateDirectory)
{
    private const string RootEnding = ".root.json";
    private const string PartEnding = ".part";

    public string Folder { get; } = Path.Combine(stateDirectory, "spool");

    private string Packages => Path.Combine(Folder, DoorLimits.Packages);

    /// <exception cref="IOException">The disk refused.</exception>
    public void Lay(string repository, string name, byte[] content)
    {
        string folder = Path.Combine(Folder, repository);
        AgentFiles.MakeFolder(folder);
        string path = Path.Combine(folder, name);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            AgentFiles.Replace(path, content);
        }
    }

    public bool Has(string repository, string name) => File.Exists(Path.Combine(Folder, repository, name));

    /// <summary>Removes what a publication does not name any more; roots stay, since the host walks through all of them.</summary>
    public void KeepOnly(string repository, IReadOnlySet<string> names)
    {
        string folder = Path.Combine(Folder, repository);
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            string name = Path.GetFileName(file);
            if (!names.Contains(name) && !name.EndsWith(RootEnding, StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Where a package lies when it is whole.</summary>
    public string PackageOf(string digest) => Path.Combine(Packages, DoorLimits.PackageName(digest));

    /// <summary>Where it is gathered until then.</summary>
    public string PartOf(string digest) => PackageOf(digest) + PartEnding;

    public void MakePackages() => AgentFiles.MakeFolder(Packages);

    /// <summary>Removes packages, and parts of them, that nobody wants any more.</summary>
    public void KeepPackages(IReadOnlySet<string> digests)
    {
        foreach (string file in Directory.Exists(Packages) ? Directory.GetFiles(Packages) : [])
        {
            if (!digests.Contains(Path.GetFileName(file).Split('.', 2)[0]))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Another fleet's files are of no use.</summary>
    public void Clear()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}

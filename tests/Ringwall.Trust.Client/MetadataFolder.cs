namespace Ringwall.Trust.Client;

/// <summary>Trusted files in a folder, under their names without versions.</summary>
internal sealed class MetadataFolder(string folder)
{
    public TrustedRepository Load() => TrustedRepository.Load(Directory.EnumerateFiles(folder, "*.json")
        .ToDictionary(file => Uri.UnescapeDataString(Path.GetFileNameWithoutExtension(file)), File.ReadAllBytes, StringComparer.Ordinal));

    public void Start(byte[] root)
    {
        RootMetadata.ReadTrusted(root);
        Directory.CreateDirectory(folder);
        Keep(RoleName.Root, root);
    }

    public void Keep(string role, byte[] content) => Replace(Path.Combine(folder, RoleName.FileName(role)), content);

    public void Forget(string role) => File.Delete(Path.Combine(folder, RoleName.FileName(role)));

    /// <summary>The old file or the new one, whenever it is looked at.</summary>
    public static void Replace(string path, byte[] content)
    {
        string fresh = $"{path}.new";
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }
}

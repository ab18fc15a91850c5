namespace Ringwall.Wire.Packages;

/// <summary>The bounds of a package. Whoever builds one and whoever reads one know the same.</summary>
public static class PackageLimits
{
    /// <summary>The archive itself, compressed.</summary>
    public const long PackageBytes = 1L << 30;

    /// <summary>All files together, unpacked.</summary>
    public const long Bytes = 2L << 30;

    public const int Files = 10_000;

    /// <summary>Of package.json.</summary>
    public const int ManifestBytes = 4 << 20;

    /// <summary>Of one path, in UTF-8.</summary>
    public const int PathBytes = 255;

    /// <summary>Folders and file of one path.</summary>
    public const int PathParts = 16;

    /// <summary>Of a version or a vendor's name, in characters.</summary>
    public const int LabelCharacters = 128;

    public const int SchemaFields = 10_000;

    public const int SchemasRead = 256;
}

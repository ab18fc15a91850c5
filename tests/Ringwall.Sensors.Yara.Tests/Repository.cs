namespace Ringwall.Sensors.Yara.Tests;

/// <summary>Where the sources lie that this test was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string ShippedRules => Path.Combine(Root, "rules", "yara");

    /// <summary>Rule packs that are not part of the repository and may be absent.</summary>
    public static string PublicRules => Path.GetFullPath(Path.Combine(Root, "..", "shared", "rules", "yara"));

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Ringwall.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"No Ringwall.slnx above {AppContext.BaseDirectory}.");
    }
}

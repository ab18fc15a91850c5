namespace Ringwall.Cli.Up;

/// <summary>Two updates to try, which `./rw publish` packs: one that should pass its probation, and one that takes every program for malware.</summary>
internal static class UpdateTrial
{
    private static readonly string[] Packages = ["yara-bad.tar.gz", "yara-good.tar.gz"];

    /// <summary>Commands for a shell; none when the packages are not there.</summary>
    public static IReadOnlyList<string> Commands(Installation installation)
    {
        string command = Path.Combine(installation.Root, "bin", "ringwall");
        return
        [
            .. Packages
                .Select(name => Path.Combine(installation.Root, "updates", name))
                .Where(File.Exists)
                .Select(package => $"{command} install {package}"),
        ];
    }
}

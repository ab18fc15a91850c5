namespace Ringwall.Museum.Staging;

/// <summary>
/// Where things are: museum/ with this program, exhibits/ and tools/, beside bin/ with the programs that it plays with, as `./rw publish` lays them out. Nothing of the
/// checkout is needed.
/// </summary>
internal static class Programs
{
    private static readonly string Museum = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    /// <summary>A folder for each exhibit.</summary>
    public static string Exhibits { get; } = Path.Combine(Museum, "exhibits");

    public static string Faulty => Required(Path.Combine(Museum, "tools", "faulty"));

    public static string Canary => Required(Path.Combine(Museum, "tools", "canary"));

    public static string Nothing => Required(Path.Combine(Museum, "tools", "nothing"));

    /// <summary>One of the installation's.</summary>
    public static string Program(string program) => Required(Path.Combine(Path.GetDirectoryName(Museum) ?? "/", "bin", program));

    private static string Required(string path) => File.Exists(path) ? path : throw new MuseumException($"{path} is not there; ./rw publish makes it");
}

namespace Ringwall.Museum.Staging;

/// <summary>Where this checkout and its programs are, and the small C programs, compiled when they are older than their sources.</summary>
internal static class Programs
{
    /// <summary>The checkout.</summary>
    public static string Root { get; } = FindRoot();

    public static string Artifacts => Path.Combine(Root, "artifacts", "museum");

    /// <summary>An installation: bin/ and sensors/.</summary>
    public static string Published { get; } = Environment.GetEnvironmentVariable("RINGWALL_PUBLISHED") ?? Path.Combine(Root, "artifacts", "publish");

    public static string Faulty => Compiled("faulty", "incidents/faulty/faulty.c", "tests/probes/protocol.h");

    public static string Canary => Compiled("canary", "incidents/canary/canary.c");

    public static string Nothing => Compiled("nothing", "incidents/canary/nothing.c");

    public static string Program(string program)
    {
        string path = Path.Combine(Published, "bin", program);
        return File.Exists(path) ? path : throw new MuseumException($"{path} is not there; ./rw publish makes it");
    }

    private static string Compiled(string name, params string[] sources)
    {
        string made = Path.Combine(Artifacts, "tools", name);
        string[] paths = [.. sources.Select(source => Path.Combine(Root, source))];
        if (File.Exists(made) && File.GetLastWriteTimeUtc(made) >= paths.Max(File.GetLastWriteTimeUtc))
        {
            return made;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(made)!);
        string fresh = $"{made}.{Environment.ProcessId}";
        _ = Tool.Must("gcc", "-O1", "-static", "-Wall", "-Wextra", "-I", Path.Combine(Root, "tests", "probes"), "-o", fresh, paths[0]);
        File.Move(fresh, made, overwrite: true);
        return made;
    }

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Ringwall.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new MuseumException($"no Ringwall.slnx above {AppContext.BaseDirectory}; run it from a checkout");
    }
}

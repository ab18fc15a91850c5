using System.Runtime.CompilerServices;

namespace Ringwall.Architecture.Tests;

/// <summary>The files of this repository, as they lie on disk, without what builds leave behind.</summary>
internal static class SourceTree
{
    private static readonly string[] Left = ["artifacts", "bin", "obj", ".git", ".vs", ".idea", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes, in order.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(Relative).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> CSharp(params string[] under) =>
        Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && (under.Length == 0 || under.Any(folder => file.StartsWith(folder, StringComparison.Ordinal))));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }

        foreach (string below in Directory.EnumerateDirectories(folder).Where(below => !Left.Contains(Path.GetFileName(below))))
        {
            foreach (string file in Walk(below))
            {
                yield return file;
            }
        }
    }

    private static string Relative(string file) => Path.GetRelativePath(Root, file);

    private static string FindRoot([CallerFilePath] string caller = "")
    {
        string? folder = Path.GetDirectoryName(caller);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ringwall.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"no Ringwall.slnx above {caller}");
    }
}

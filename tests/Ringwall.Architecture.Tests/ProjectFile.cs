using System.Xml.Linq;

namespace Ringwall.Architecture.Tests;

/// <summary>A csproj, as far as these tests need it.</summary>
internal sealed class ProjectFile(string path)
{
    private readonly XDocument _xml = XDocument.Parse(SourceTree.Read(path));

    public static IEnumerable<ProjectFile> All() =>
        SourceTree.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => new ProjectFile(file));

    public string Path { get; } = path;

    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path);

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    public IEnumerable<string> References => Items("ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include));

    public IEnumerable<string> Packages => Items("PackageReference");

    public IEnumerable<string> Friends => Items("InternalsVisibleTo");

    public bool AllowsUnsafe => _xml.Descendants("AllowUnsafeBlocks").Any(element => element.Value == "true");

    private IEnumerable<string> Items(string name) =>
        _xml.Descendants(name).Select(element => element.Attribute("Include")?.Value ?? "").Where(include => include.Length > 0);
}

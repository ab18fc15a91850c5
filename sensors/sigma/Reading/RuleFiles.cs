using System.IO.Enumeration;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Finds rule files below a folder.</summary>
internal static class RuleFiles
{
    /// <summary>In ordinal order of their paths. Folders behind symbolic links are not entered: links can go round in circles.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IOrderedEnumerable<string> Below(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 };
        var files = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsRuleFile(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return files.Order(StringComparer.Ordinal);
    }

    private static bool IsRuleFile(ReadOnlySpan<char> name) =>
        name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);
}

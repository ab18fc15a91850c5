using System.Text;

namespace Ringwall.Wire.Packages;

/// <summary>What a path in a package may be: relative, below engine/ or content/, without tricks.</summary>
public static class PackagePath
{
    public const string Engine = "engine";
    public const string Content = "content";

    public static bool IsEngine(string path) => path.StartsWith("engine/", StringComparison.Ordinal);

    public static bool IsContent(string path) => path.StartsWith("content/", StringComparison.Ordinal);

    /// <returns>What is wrong with the path; null when nothing is.</returns>
    public static string? Fault(string path)
    {
        if (!IsEngine(path) && !IsContent(path))
        {
            return "it does not lie below engine/ or content/";
        }

        // A lone surrogate has no bytes; the replacement that is counted here instead never equals an entry's name.
        if (Encoding.UTF8.GetByteCount(path) > PackageLimits.PathBytes)
        {
            return $"it has more than {PackageLimits.PathBytes} bytes";
        }

        string[] parts = path.Split('/');
        if (parts.Length > PackageLimits.PathParts)
        {
            return $"it is more than {PackageLimits.PathParts} deep";
        }

        if (parts.Any(part => part is "" or "." or ".."))
        {
            return "it has an empty part, a . or a ..";
        }

        return path.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\\' or '\u2028' or '\u2029' or '\ufffd')
            ? "it has a control character, a backslash, or a character that is not plain Unicode"
            : null;
    }
}

using System.Text.RegularExpressions;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>What people may type into the fields of an account. Everything is bound as a parameter and encoded when shown; this keeps it legible.</summary>
internal static partial class Text
{
    /// <summary>What one signs in with: ASCII and lower case, so that no two names look alike.</summary>
    public static string AccountName(string value) => NamePattern().IsMatch(value)
        ? value
        : throw new RequestRefused(ProblemType.BadRequest, "name: 1 to 64 of a-z, 0-9, '.', '_', '@', '-', beginning with a letter or digit");

    public static string VendorName(string value) => VendorPattern().IsMatch(value)
        ? value
        : throw new RequestRefused(ProblemType.BadRequest, "vendor: 1 to 64 of a-z, 0-9, '-', beginning with a letter or digit");

    /// <summary>Any words for a person to read: no control characters, not only spaces.</summary>
    public static string Label(string field, string value) => value.Length is > 0 and <= 100 && !string.IsNullOrWhiteSpace(value) && !value.Any(char.IsControl)
        ? value
        : throw new RequestRefused(ProblemType.BadRequest, $"{field}: 1 to 100 characters, no control characters");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._@-]{0,63}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,63}\z")]
    private static partial Regex VendorPattern();
}

using System.Text;
using System.Text.RegularExpressions;

namespace Ringwall.Architecture.Tests;

/// <summary>C# as far as these tests need it: without comments and without what stands in strings, so that a word in prose is no finding. Lines keep their numbers.</summary>
internal static partial class CSharpText
{
    public static string WithoutProse(string text)
    {
        StringBuilder code = new(text.Length);
        int last = 0;
        foreach (Match match in Prose().Matches(text))
        {
            code.Append(text, last, match.Index - last);
            code.Append('\n', match.Value.Count(c => c == '\n'));
            last = match.Index + match.Length;
        }

        return code.Append(text, last, text.Length - last).ToString();
    }

    public static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    // Line and block comments, raw strings, verbatim strings, ordinary strings, characters.
    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/ | \"{3}.*?\"{3} | @\$?"(?:[^"]|"")*" | \$@"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Prose();
}

using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Tests;

public sealed class TextPatternTests
{
    /// <summary>The table of the specification, "Escape Character", and what follows from it. In the third column ✱ and ⁇ are wildcards.</summary>
    [Theory]
    [InlineData(@"plain", "plain")]
    [InlineData(@"", "")]
    [InlineData(@"a*b", "a✱b")]
    [InlineData(@"a?b", "a⁇b")]
    [InlineData(@"a\b", @"a\b")]
    [InlineData(@"a\\b", @"a\b")]
    [InlineData(@"a\*b", @"a*b")]
    [InlineData(@"a\?b", @"a?b")]
    [InlineData(@"a\\*b", @"a\✱b")]
    [InlineData(@"a\\?b", @"a\⁇b")]
    [InlineData(@"a\\\*b", @"a\*b")]
    [InlineData(@"a\\\b", @"a\\b")]
    [InlineData(@"a\\\\b", @"a\\b")]
    [InlineData(@"a\\\\*b", @"a\\✱b")]
    [InlineData(@"a\", @"a\")]
    [InlineData(@"a\\", @"a\")]
    [InlineData(@"a\\\", @"a\\")]
    [InlineData(@"\*", "*")]
    [InlineData(@"\", @"\")]
    [InlineData(@"**", "✱")]
    [InlineData(@"?*?", "⁇✱⁇")]
    [InlineData(@"C:\Windows\*", @"C:\Windows*")]
    public void Escapes_are_read_as_the_specification_says(string value, string expected)
    {
        string read = string.Concat(TextPattern.Parse(value).Parts.Select(part => part.Kind switch
        {
            PatternPartKind.AnyText => "✱",
            PatternPartKind.OneCharacter => "⁇",
            _ => part.Literal,
        }));
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData(@"a\\*b?")]
    [InlineData(@"\*\?\\")]
    [InlineData(@"x\\\\y*")]
    public void A_pattern_reads_back_what_it_writes(string value)
    {
        TextPattern pattern = TextPattern.Parse(value);
        Assert.Equal(pattern.Parts, TextPattern.Parse(pattern.ToString()).Parts);
    }

    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "ABC", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything\nat all", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "x", true)]
    [InlineData("?", "xy", false)]
    [InlineData("?", "\U0001F600", true)]
    [InlineData("??", "\U0001F600", false)]
    [InlineData("*?", "\U0001F600", true)]
    [InlineData("?*?", "\U0001F600", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*c", "a\r\nb\r\nc", true)]
    [InlineData("a*c", "acb", false)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    [InlineData("*ab", "abab", true)]
    [InlineData("*a?", "aab", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*aab*aab", "aaab", false)]
    [InlineData("*aab*aab", "aaabaaab", true)]
    [InlineData("a*?b", "ab", false)]
    [InlineData("a*?b", "axb", true)]
    [InlineData("ÄÖ*É", "äö-é", true)]
    [InlineData(@"\*a", "*a", true)]
    [InlineData(@"\*a", "xa", false)]
    public void Patterns_fit_whole_values_without_regard_to_case(string pattern, string value, bool expected)
    {
        var text = new FieldText();
        text.SetText(value);
        Assert.Equal(expected, new TextMatcher(TextPattern.Parse(pattern), cased: false).Matches(text));
    }

    [Theory]
    [InlineData("Abc", "Abc", true)]
    [InlineData("Abc", "abc", false)]
    [InlineData("A*c", "Axc", true)]
    [InlineData("A*c", "axc", false)]
    public void Cased_patterns_regard_case(string pattern, string value, bool expected)
    {
        var text = new FieldText();
        text.SetText(value);
        Assert.Equal(expected, new TextMatcher(TextPattern.Parse(pattern), cased: true).Matches(text));
    }

    [Fact]
    public void A_pattern_that_invites_backtracking_is_decided_in_time_that_does_not_explode()
    {
        var text = new FieldText();
        text.SetText(new string('a', 20_000));
        TextPattern pattern = TextPattern.Parse(string.Concat(Enumerable.Repeat("*a", 30)) + "*b");
        Assert.False(new TextMatcher(pattern, cased: false).Matches(text));
    }
}

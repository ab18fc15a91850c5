using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;
using Ringwall.Sensors.Sigma.Reading;
using Ringwall.Sensors.Sigma.Regexes;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>Where PCRE and the framework differ. Expected results are those of PCRE2 in its default mode.</summary>
public sealed class PcrePatternTests
{
    [Theory]
    [InlineData(@"^\d$", "7", true)]
    [InlineData(@"^\d$", "\u0663", false)]
    [InlineData(@"^\w$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData(@"^\s$", "\u00A0", false)]
    [InlineData(@"^\s$", "\v", true)]
    [InlineData(@"^\S$", "\u00A0", true)]
    [InlineData(@"^\h$", "\t", true)]
    [InlineData(@"^\h$", "\n", false)]
    [InlineData(@"^\H$", "\n", true)]
    [InlineData(@"^\v$", "\r", true)]
    [InlineData(@"^\V$", "x", true)]
    [InlineData(@"^a\Rb$", "a\r\nb", true)]
    [InlineData(@"^\N$", "x", true)]
    [InlineData(@"^a\Q.*\Eb$", "a.*b", true)]
    [InlineData(@"^a\Q.*\Eb$", "axxb", false)]
    [InlineData(@"^a\Q.*", "a.*", true)]
    [InlineData(@"^\x41\x{42}$", "AB", true)]
    [InlineData(@"^\_\-\/\!\@\%$", "_-/!@%", true)]
    [InlineData(@"^\é$", "é", true)]
    [InlineData(@"^\pL\p{Lu}$", "xX", true)]
    [InlineData(@"^(?P<one>a)(?P=one)$", "aa", true)]
    [InlineData(@"^(?P<one>a)(?P=one)$", "ab", false)]
    [InlineData(@"a(?#a comment with [ in it)b", "ab", true)]
    // Classes.
    [InlineData(@"^[[:alpha:]]+$", "abcXYZ", true)]
    [InlineData(@"^[[:alpha:]]+$", "ab1", false)]
    [InlineData(@"^[[:digit:][:punct:]]+$", "1-/", true)]
    [InlineData(@"^[[:space:]x]+$", " x\t", true)]
    [InlineData(@"^[^[:upper:]]$", "a", true)]
    [InlineData(@"^[a-z-[x]+$", "a-[x", true)]
    [InlineData(@"^[]a]+$", "]a", true)]
    [InlineData(@"^[^]a]+$", "xyz", true)]
    [InlineData(@"^[^]a]+$", "x]", false)]
    [InlineData(@"^[\w-z]+$", "a-z", true)]
    [InlineData(@"^[\w-z]+$", "`", false)]
    [InlineData(@"^[\d-]+$", "1-2", true)]
    [InlineData(@"^[[:digit:]-z]+$", "1-z", true)]
    [InlineData(@"^[\D]$", "é", true)]
    [InlineData(@"^[\W]$", "_", false)]
    [InlineData(@"^[\W\d]$", "7", true)]
    [InlineData(@"^[\S]$", " ", false)]
    [InlineData(@"^[\]\\\[]+$", @"]\[", true)]
    [InlineData(@"^[\b]$", "\b", true)]
    [InlineData(@"^[^-\s]{0,20}i$", "abci", true)]
    [InlineData(@"^[\h\v]+$", "\t\n ", true)]
    [InlineData(@"^[\_\-]+$", "_-", true)]
    // The same in both, and it must stay so.
    [InlineData(@"a$", "a\n", true)]
    [InlineData(@"a\z", "a\n", false)]
    [InlineData(@"(?i)ABC", "abc", true)]
    [InlineData(@"(?:a|b){2,3}", "aba", true)]
    [InlineData(@"-(W|R)\s?(\s|""|')([0-9a-fA-F]{2}\s?){2,20}(\s|""|')", "pnscan -W \"0a 0b 0c\" x", true)]
    [InlineData(@"(?<=a)b", "ab", true)]
    [InlineData(@"(?!a)b", "b", true)]
    [InlineData(@"(a)\1", "aa", true)]
    [InlineData(@"(?>a+)b", "aab", true)]
    public void Expressions_match_as_in_PCRE(string source, string text, bool expected)
    {
        var value = new FieldText();
        value.SetText(text);
        Assert.Equal(expected, new RegexMatcher(SigmaRegex.Compile(source, RegexOptions.None, 1), new GivenUpExpressions()).Matches(value));
    }

    [Theory]
    [InlineData(@"a\")]
    [InlineData(@"[a")]
    [InlineData(@"[a\")]
    [InlineData(@"[")]
    [InlineData(@"\K")]
    [InlineData(@"\X")]
    [InlineData(@"\y")]
    [InlineData(@"[\R]")]
    [InlineData(@"(?R)")]
    [InlineData(@"(?1)")]
    [InlineData(@"(?-1)")]
    [InlineData(@"(?&x)")]
    [InlineData(@"(?P>x)")]
    [InlineData(@"(?|a|b)")]
    [InlineData(@"(?P=x")]
    [InlineData(@"[[:nothing:]]")]
    [InlineData(@"[[.a.]]")]
    [InlineData(@"\x{110000}")]
    [InlineData(@"\x{")]
    [InlineData(@"a++")]
    [InlineData(@"*a")]
    [InlineData(@"(a")]
    [InlineData(@"(*UTF8)a")]
    public void What_cannot_be_had_is_refused_instead_of_meaning_something_else(string source)
    {
        RuleFaultException fault = Assert.Throws<RuleFaultException>(() => SigmaRegex.Compile(source, RegexOptions.None, 7));
        Assert.Equal(7, fault.Line);
        Assert.Equal(RuleFaultReason.Value, fault.Reason);
    }

    [Fact]
    public void Expressions_run_without_backtracking_wherever_that_is_possible()
    {
        Criterion.Matches plain = SigmaRegex.Compile("(a+)+$", RegexOptions.None, 1);
        Assert.True(plain.Compiled.Options.HasFlag(RegexOptions.NonBacktracking));
        var text = new FieldText();
        text.SetText(new string('a', 30_000) + "!");
        Assert.False(new RegexMatcher(plain, new GivenUpExpressions()).Matches(text));

        Criterion.Matches lookAround = SigmaRegex.Compile("(?=a)(a+)+b", RegexOptions.None, 1);
        Assert.False(lookAround.Compiled.Options.HasFlag(RegexOptions.NonBacktracking));
    }

    [Fact]
    public void An_expression_that_does_not_come_to_an_end_has_not_matched_and_is_given_up()
    {
        const string Source = "(?=a)(a+)+$";
        var givenUp = new GivenUpExpressions();
        var matcher = new RegexMatcher(SigmaRegex.Compile(Source, RegexOptions.None, 1), givenUp);
        var text = new FieldText();
        text.SetText(new string('a', 50) + "!");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, givenUp.Count);
            Assert.False(matcher.Matches(text));
        }

        Assert.Equal([Source], givenUp.Sources);
        text.SetText("a");
        Assert.False(matcher.Matches(text));
    }

    [Fact]
    public void An_expression_that_would_need_an_automaton_of_any_size_does_not_get_one()
    {
        Criterion.Matches huge = SigmaRegex.Compile("((a{1000}){1000}){1000}", RegexOptions.None, 1);
        Assert.False(huge.Compiled.Options.HasFlag(RegexOptions.NonBacktracking));
    }
}

using Ringwall.Sensors.Yara.Engine;

namespace Ringwall.Sensors.Yara.Tests;

public sealed class ScannerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_match_carries_what_the_author_wrote()
    {
        using RuleSet rules = Compile("""
            rule One : first second
            {
                meta:
                    description = "It is ünusual"
                    severity = 4
                    certain = true
                    description = "again"
                strings:
                    $a = "needle"
                condition:
                    $a
            }
            private rule Unseen { condition: true }
            rule Two { condition: Unseen and filesize == 6 }
            """);
        using var scanner = new Scanner(rules);

        Assert.Equal(ScanOutcome.Matched, scanner.Scan("needle"u8, default, Long));
        IReadOnlyList<RuleMatch> matches = scanner.Matches();
        Assert.Equal(["One", "Two"], matches.Select(m => m.Rule));
        Assert.Equal(["first", "second"], matches[0].Tags);
        Assert.Equal(
            [new RuleMeta("description", "It is ünusual"), new RuleMeta("severity", "4"), new RuleMeta("certain", "true"), new RuleMeta("description", "again")],
            matches[0].Meta);
        Assert.Equal("It is ünusual", matches[0].MetaOf("Description"));
        Assert.EndsWith("rules.yar", matches[0].File, StringComparison.Ordinal);
        Assert.Empty(matches[1].Tags);
        Assert.Empty(matches[1].Meta);

        Assert.Equal(ScanOutcome.Clean, scanner.Scan("neadle?"u8, default, Long));
        Assert.Empty(scanner.Matches());
    }

    [Fact]
    public void Rules_see_the_file_s_names()
    {
        using RuleSet rules = Compile("""
            rule Path { condition: filepath == "/tmp/a.b/evil.so" }
            rule Name { condition: filename == "evil.so" }
            rule Ending { condition: extension == ".so" }
            rule NoEnding { condition: extension == "" }
            """);
        using var scanner = new Scanner(rules);

        scanner.Scan("x"u8, "/tmp/a.b/evil.so"u8, Long);
        Assert.Equal(["Path", "Name", "Ending"], scanner.Matches().Select(m => m.Rule));
        scanner.Scan("x"u8, "/tmp/a.b/evil"u8, Long);
        Assert.Equal(["NoEnding"], scanner.Matches().Select(m => m.Rule));
        scanner.Scan("x"u8, [.. "/"u8, .. Enumerable.Repeat((byte)'n', 10_000)], Long);
        Assert.Equal(["NoEnding"], scanner.Matches().Select(m => m.Rule));
    }

    [Theory]
    [InlineData("rule Endless { condition: for all i in (0..filesize) : ( for all j in (0..filesize) : ( i + j >= 0 ) ) }")]
    [InlineData("rule Slow { strings: $a = /a.{0,900}b/ condition: $a }")]
    public void A_scan_that_would_take_long_ends_when_its_time_is_over_and_the_next_one_is_unharmed(string rule)
    {
        // Unlimited, the first needs 10^15 steps, the second 900 at each of 32 million bytes.
        byte[] content = new byte[32 << 20];
        Array.Fill(content, (byte)'a');
        using RuleSet rules = Compile(rule + " rule Small { condition: filesize == 5 }");
        using var scanner = new Scanner(rules);

        Assert.Equal(ScanOutcome.Unfinished, scanner.Scan(content, default, TimeSpan.FromMilliseconds(50)));
        Assert.Empty(scanner.Matches());
        Assert.Equal(ScanOutcome.Matched, scanner.Scan("small"u8, default, Long));
        Assert.Contains("Small", scanner.Matches().Select(m => m.Rule));
    }

    [Fact]
    public void An_empty_file_is_evaluated_as_yara_does()
    {
        using RuleSet rules = Compile("rule Empty { condition: filesize == 0 }");
        using var scanner = new Scanner(rules);
        Assert.Equal(ScanOutcome.Matched, scanner.Scan(default, default, Long));
    }

    [Fact]
    public void A_string_that_occurs_too_often_does_not_cost_the_other_rules()
    {
        byte[] content = new byte[3 << 20];
        Array.Fill(content, (byte)'a');
        "needle"u8.CopyTo(content.AsSpan(content.Length - 10));
        using RuleSet rules = Compile("""
            rule Often { strings: $a = "aa" condition: #a > 3000000 }
            rule Other { strings: $n = "needle" condition: $n }
            """);
        using var scanner = new Scanner(rules);

        Assert.Equal(ScanOutcome.Matched, scanner.Scan(content, default, Long));
        Assert.Equal(["Other"], scanner.Matches().Select(m => m.Rule));
    }

    [Fact]
    public void A_clean_scan_allocates_nothing()
    {
        using RuleSet rules = RuleLoader.Load(RuleFiles.Below(Repository.ShippedRules, []), []);
        using var scanner = new Scanner(rules);
        byte[] content = new byte[8192];
        scanner.Scan(content, "/tmp/x"u8, Long);

        // The runtime may use this thread once for work of its own; what allocates does so in every attempt.
        long spent = long.MaxValue;
        for (int attempt = 0; attempt < 5 && spent != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                scanner.Scan(content, "/tmp/x"u8, Long);
            }

            spent = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, spent);
    }

    [Fact]
    public void Scanners_on_several_threads_share_the_rules_and_nothing_else()
    {
        using RuleSet rules = Compile("rule Even { strings: $a = \"even\" condition: $a } rule Odd { strings: $a = \"odd\" condition: $a }");
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(n => new Thread(() =>
        {
            using var scanner = new Scanner(rules);
            string want = n % 2 == 0 ? "Even" : "Odd";
            for (int i = 0; i < 500; i++)
            {
                scanner.Scan(n % 2 == 0 ? "it is even"u8 : "it is odd"u8, default, Long);
                if (scanner.Matches() is not [var match] || match.Rule != want)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.Equal(0, wrong);
    }

    private RuleSet Compile(string text)
    {
        var faults = new List<RuleFault>();
        RuleSet rules = RuleLoader.Load([_folder.Write("rules.yar", text)], faults);
        Assert.DoesNotContain(faults, f => !f.IsWarning);
        return rules;
    }
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Scanning;

namespace Ringwall.Sensors.Yara.Tests;

public sealed partial class ShippedRuleTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly RuleSet _rules;
    private readonly Scanner _scanner;

    public ShippedRuleTests()
    {
        var faults = new List<RuleFault>();
        _rules = RuleLoader.Load(RuleFiles.Below(Repository.ShippedRules, []), faults);
        Assert.Empty(faults);
        _scanner = new Scanner(_rules);
    }

    public static TheoryData<string> Names => [.. RuleNames()];

    public void Dispose()
    {
        _scanner.Dispose();
        _rules.Dispose();
    }

    [Fact]
    public void There_are_at_least_ten_rules_and_each_has_samples()
    {
        Assert.True(RuleNames().Count >= 10, $"{RuleNames().Count} rules");
        Assert.Equal(RuleNames().Order(), Samples.All.Keys.Order());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_rule_matches_its_samples_and_not_what_only_comes_near(string rule)
    {
        (byte[][] matching, byte[][] near) = Samples.All[rule];
        Assert.NotEmpty(matching);
        Assert.NotEmpty(near);
        for (int i = 0; i < matching.Length; i++)
        {
            Assert.Equal($"{i}: {rule}", $"{i}: {Matches(matching[i])}");
        }

        for (int i = 0; i < near.Length; i++)
        {
            Assert.Equal($"{i}: ", $"{i}: {Matches(near[i])}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_rule_says_what_it_is_about_and_how_bad_that_is(string rule)
    {
        Assert.Equal(ScanOutcome.Matched, _scanner.Scan(Samples.All[rule].Matching[0], default, Long));
        RuleMatch match = Assert.Single(_scanner.Matches());
        Assert.False(string.IsNullOrWhiteSpace(match.MetaOf("description")));
        Assert.Contains(match.MetaOf("severity"), (string[])["low", "medium", "high", "critical"]);
        Assert.NotEmpty(match.Tags);
    }

    [Fact]
    public void No_rule_matches_a_file_of_this_repository_or_of_these_compiled_tests()
    {
        int scanned = 0;
        var matched = new List<string>();
        foreach (string folder in (string[])["src", "sensors", "tests", "rules", "docs", "samples", "bench", "eng"])
        {
            ScanBelow(Path.Combine(Repository.Root, folder), () => true, ref scanned, matched);
        }

        ScanBelow(AppContext.BaseDirectory, () => true, ref scanned, matched);
        Assert.Empty(matched);
        Assert.True(scanned > 50, $"only {scanned} files were scanned");
    }

    [Fact]
    public void No_rule_matches_what_a_distribution_installs()
    {
        // As far as one gets in twenty seconds, a part of each folder in turn: a first run finds all of it clean, later ones keep watch.
        var time = Stopwatch.StartNew();
        int scanned = 0;
        var matched = new List<string>();
        string[] folders = ["/etc", "/usr/sbin", "/usr/bin", "/usr/lib/x86_64-linux-gnu"];
        for (int i = 0; i < folders.Length; i++)
        {
            TimeSpan until = TimeSpan.FromSeconds(20.0 / folders.Length * (i + 1));
            ScanBelow(folders[i], () => time.Elapsed < until, ref scanned, matched);
        }

        Assert.Empty(matched);
        Assert.True(scanned > 50, $"only {scanned} files were scanned");
    }

    [Fact]
    public void The_scan_of_a_folder_would_see_a_match()
    {
        using var folder = new TemporaryFolder();
        folder.Write("deep/er/file", Samples.Eicar());
        int scanned = 0;
        var matched = new List<string>();
        ScanBelow(folder.Path, () => true, ref scanned, matched);
        Assert.Equal([$"EICAR_Test_File {folder.Path}/deep/er/file"], matched);
    }

    [GeneratedRegex(@"^(?:(?:private|global)\s+)*rule\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex RuleName { get; }

    private static List<string> RuleNames() =>
        [.. RuleFiles.Below(Repository.ShippedRules, []).SelectMany(f => RuleName.Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value)];

    private string Matches(byte[] content)
    {
        _scanner.Scan(content, default, Long);
        return string.Join(' ', _scanner.Matches().Select(m => m.Rule));
    }

    private void ScanBelow(string folder, Func<bool> more, ref int scanned, List<string> matched)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        int count = 0;
        var walk = new PathWalk(
            path =>
            {
                string name = System.Text.Encoding.UTF8.GetString(path);
                if (!more() || new FileInfo(name) is not { Exists: true, Length: <= 8 << 20 })
                {
                    return;
                }

                byte[] content;
                try
                {
                    content = File.ReadAllBytes(name);
                }
                catch (IOException gone) when (!File.Exists(name))
                {
                    // Whoever installs something at this moment has taken it away.
                    _ = gone;
                    return;
                }

                _scanner.Scan(content, path, Long);
                count++;
                matched.AddRange(_scanner.Matches().Select(m => $"{m.Rule} {name}"));
            },
            (_, _) => { });
        walk.Visit(System.Text.Encoding.UTF8.GetBytes(folder));
        scanned += count;
    }
}

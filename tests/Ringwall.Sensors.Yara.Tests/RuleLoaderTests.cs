using Ringwall.Sensors.Yara.Engine;

namespace Ringwall.Sensors.Yara.Tests;

public sealed class RuleLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<RuleFault> _faults = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bad_file_is_reported_with_its_line_and_the_others_are_used()
    {
        string good = _folder.Write("a.yar", "rule good { strings: $a = \"needle\" condition: $a }");
        string bad = _folder.Write("b.yar", "rule fine { condition: true }\n\nrule bad {\n    condition: missing\n}\n");
        string also = _folder.Write("c.yar", "rule also_good { condition: filesize == 6 }");

        Assert.Equal(["good", "also_good"], Matches([good, bad, also], "needle"u8));
        RuleFault fault = Assert.Single(_faults);
        Assert.Equal((bad, 4, false), (fault.File, fault.Line, fault.IsWarning));
        Assert.Contains("missing", fault.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{bad}:4: error: ", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_broken_file_is_one_fault_and_no_more()
    {
        string[] broken =
        [
            _folder.Write("empty-braces.yar", "rule x { }"),
            _folder.Write("binary.yar", [0, 1, 2, 0xFF, 0xFE]),
            _folder.Write("module.yar", "import \"nothing\" rule x { condition: true }"),
            _folder.Write("regex.yar", "rule x { strings: $a = /(/ condition: $a }"),
            _folder.Write("include.yar", "include \"not-there.yar\""),
            Path.Combine(_folder.Path, "missing.yar"),
        ];
        string good = _folder.Write("good.yar", "rule good { condition: true }");

        Assert.Equal(["good"], Matches([.. broken, good], "x"u8));
        foreach (string file in broken)
        {
            Assert.Contains(_faults, f => f.File == file && !f.IsWarning);
        }

        Assert.DoesNotContain(_faults, f => f.File == good);
    }

    [Fact]
    public void Files_may_use_the_same_names()
    {
        string a = _folder.Write("a.yar", "rule same { condition: true }");
        string b = _folder.Write("b.yar", "rule same { condition: true }");

        Assert.Equal(["same", "same"], Matches([a, b], "x"u8));
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_global_rule_binds_its_own_file_alone()
    {
        string a = _folder.Write("a.yar", "global rule never { condition: false } rule bound { condition: true }");
        string b = _folder.Write("b.yar", "rule unbound { condition: true }");

        Assert.Equal(["unbound"], Matches([a, b], "x"u8));
    }

    [Fact]
    public void A_file_may_include_another()
    {
        _folder.Write("parts/part.inc", "rule part { condition: true }");
        string whole = _folder.Write("whole.yar", "include \"parts/part.inc\"\nrule whole { condition: part }");

        Assert.Equal(["part", "whole"], Matches([whole], "x"u8));
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_rule_that_never_finishes_is_refused_and_the_others_are_used()
    {
        string endless = _folder.Write("endless.yar", "rule endless { condition: for all i in (0..100000000000) : ( i >= 0 ) }");
        string good = _folder.Write("good.yar", "rule good { condition: true }");

        using RuleSet rules = RuleLoader.Load([endless, good], _faults, TimeSpan.FromSeconds(5));
        Assert.Equal(1, rules.Files);
        Assert.Contains(_faults, f => f.File == endless && f.Message.Contains("does not finish", StringComparison.Ordinal));
    }

    [Fact]
    public void Warnings_are_told_and_the_rules_used()
    {
        string file = _folder.Write("slow.yar", "rule slow { strings: $a = /.{0,10}a/ condition: $a or true }");

        Assert.Equal(["slow"], Matches([file], "x"u8));
        Assert.Contains(_faults, f => f.IsWarning && f.File == file);
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_a_fault_and_costs_the_others_nothing_and_links_to_folders_are_not_followed()
    {
        string good = _folder.Write("good.yar", "");
        string closed = Path.Combine(_folder.Path, "closed");
        Directory.CreateDirectory(closed, UnixFileMode.None);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "again"), _folder.Path);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0x1ED);
        using (new AsNobody())
        {
            Assert.Equal([good], RuleFiles.Below(_folder.Path, _faults));
        }

        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal((closed, false), (Assert.Single(_faults).File, _faults[0].IsWarning));
    }

    [Fact]
    public void Only_yar_and_yara_files_are_rules_and_a_named_file_always_is()
    {
        _folder.Write("b/two.yara", "");
        _folder.Write("a/one.yar", "");
        _folder.Write("README.md", "");
        string named = _folder.Write("named.txt", "");

        Assert.Equal(["a/one.yar", "b/two.yara"], RuleFiles.Below(_folder.Path, []).Select(f => Path.GetRelativePath(_folder.Path, f)));
        Assert.Equal([named], RuleFiles.Below(named, []));
        Assert.Throws<FileNotFoundException>(() => RuleFiles.Below(Path.Combine(_folder.Path, "nothing"), []));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_done_to_a_rule_file_it_is_used_or_refused_with_a_reason(int seed)
    {
        var random = new Random(seed);
        byte[][] originals = [.. RuleFiles.Below(Repository.ShippedRules, []).Select(File.ReadAllBytes)];
        string good = _folder.Write("good.yar", "rule good { condition: true }");
        int refused = 0;
        int used = 0;
        for (int i = 0; i < 60; i++)
        {
            List<byte> bytes = [.. originals[random.Next(originals.Length)]];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.Insert(at, (byte)"{}()[]\"/\\$#@0"[random.Next(13)]); break;
                    case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                    default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 200), bytes.Count - at))); break;
                }
            }

            string file = _folder.Write("changed.yar", [.. bytes]);
            _faults.Clear();
            using RuleSet rules = RuleLoader.Load([file, good], _faults);
            bool isRefused = _faults.Exists(f => !f.IsWarning);
            Assert.Equal(isRefused ? 1 : 2, rules.Files);
            (refused, used) = isRefused ? (refused + 1, used) : (refused, used + 1);
        }

        Assert.True(refused > 0 && used > 0, $"{refused} refused, {used} used: one side was never tried");
    }

    [Fact]
    public void Public_packs_compile_and_evaluate()
    {
        Assert.SkipUnless(Directory.Exists(Repository.PublicRules), $"needs {Repository.PublicRules}");
        IReadOnlyList<string> files = RuleFiles.Below(Repository.PublicRules, []);
        Assert.True(files.Count >= 7, $"only {files.Count} rule files there");

        using RuleSet rules = RuleLoader.Load(files, _faults);
        Assert.DoesNotContain(_faults, f => !f.IsWarning);
        Assert.Equal(files.Count, rules.Files);

        using var scanner = new Scanner(rules);
        Assert.Equal(ScanOutcome.Clean, scanner.Scan(File.ReadAllBytes("/bin/ls"), "/bin/ls"u8, TimeSpan.FromSeconds(60)));
    }

    private List<string> Matches(string[] files, ReadOnlySpan<byte> content)
    {
        using RuleSet rules = RuleLoader.Load(files, _faults);
        using var scanner = new Scanner(rules);
        Assert.NotEqual(ScanOutcome.Failed, scanner.Scan(content, "/tmp/x"u8, TimeSpan.FromSeconds(60)));
        return [.. scanner.Matches().Select(m => m.Rule)];
    }
}

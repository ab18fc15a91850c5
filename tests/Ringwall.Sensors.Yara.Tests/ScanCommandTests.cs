using System.Text;
using Ringwall.Sensors.Yara.Engine;
using Ringwall.Sensors.Yara.Scanning;

namespace Ringwall.Sensors.Yara.Tests;

public sealed class ScanCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _rules;

    public ScanCommandTests()
    {
        _rules = Path.GetDirectoryName(_folder.Write("rules/a.yar", """
            rule Needle { strings: $a = "needle" condition: $a }
            rule Twice { strings: $a = "needle" condition: #a == 2 }
            rule Empty { condition: filesize == 0 }
            private rule Quiet { condition: true }
            """))!;
        _folder.Write("rules/sub/b.yara", "rule Other { strings: $b = { 00 FF ?? 01 } condition: $b }");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_match_is_one_line_of_rule_and_path_in_the_order_of_names()
    {
        _folder.Write("in/b", "a needle");
        _folder.Write("in/a/x", "needle and needle");
        _folder.Write("in/c", [0, 0xFF, 7, 1]);
        _folder.Write("in/d", "");
        string root = $"{_folder.Path}/in";

        Assert.Equal(
            (0, $"Needle {root}/a/x\nTwice {root}/a/x\nNeedle {root}/b\nOther {root}/c\nEmpty {root}/d\n", ""),
            Scan("--rules", _rules, root));
        Assert.Equal((0, $"Needle {root}/b\n", ""), Scan("--rules", Path.Combine(_rules, "a.yar"), $"{root}/b"));
        Assert.Equal((0, $"Needle {root}//b\n", ""), Scan($"--rules={_rules}", "--", $"{root}//b"));
    }

    [Fact]
    public void It_prints_what_the_yara_command_prints()
    {
        Assert.SkipUnless(Command.Exists("yara"), "needs the yara command");
        _folder.Write("in/b", "a needle");
        _folder.Write("in/a/x", "needle and needle");
        _folder.Write("in/a/with space", "needle");
        _folder.Write("in/c", [0, 0xFF, 7, 1]);
        _folder.Write("in/empty", "");
        _folder.Write("in/.hidden", "needle");
        File.CreateSymbolicLink($"{_folder.Path}/in/link", "b");
        File.CreateSymbolicLink($"{_folder.Path}/in/nowhere", "missing");
        Directory.CreateSymbolicLink($"{_folder.Path}/in/folder", "a");
        string[] files = [.. RuleFiles.Below(_rules, []), .. RuleFiles.Below(Repository.ShippedRules, [])];
        byte[][] samples = [.. Samples.All.Values.SelectMany(s => s.Matching.Concat(s.Near))];
        for (int i = 0; i < samples.Length; i++)
        {
            _folder.Write($"in/sample{i}", samples[i]);
        }

        foreach (string path in (string[])[$"{_folder.Path}/in", $"{_folder.Path}/in/", $"{_folder.Path}/in/b"])
        {
            (int exit, string theirs, _) = Command.Run("yara", ["-r", .. files, path]);
            Assert.Equal(0, exit);
            (exit, string ours, string complaints) = Scan("--rules", _rules, "--rules", Repository.ShippedRules, path);
            Assert.Equal((0, ""), (exit, complaints));

            // The yara command scans with several threads, so its order is only defined within a file.
            Assert.Equal(theirs.Split('\n').Order(StringComparer.Ordinal), ours.Split('\n').Order(StringComparer.Ordinal));
            Assert.NotEqual("", ours);
        }
    }

    [Fact]
    public void It_prints_what_the_yara_command_prints_for_public_packs_and_the_machine_s_programs()
    {
        Assert.SkipUnless(Command.Exists("yara"), "needs the yara command");
        Assert.SkipUnless(Directory.Exists(Repository.PublicRules), $"needs {Repository.PublicRules}");

        // A rule that matches most of what is there, so that agreement means something.
        string most = _folder.Write("most.yar", "import \"elf\" rule Most { condition: elf.type == elf.ET_DYN }");
        string[] files = [most, .. RuleFiles.Below(Repository.PublicRules, [])];
        (int exit, string theirs, _) = Command.Run("yara", ["-r", .. files, "/usr/sbin"]);
        Assert.Equal(0, exit);
        (_, string ours, _) = Scan("--rules", most, "--rules", Repository.PublicRules, "/usr/sbin");
        Assert.Equal(theirs.Split('\n').Order(StringComparer.Ordinal), ours.Split('\n').Order(StringComparer.Ordinal));
        Assert.True(ours.Split('\n').Length > 20, ours);
    }

    [Fact]
    public void A_bad_rule_file_is_loud_and_the_others_are_used()
    {
        string bad = _folder.Write("rules/bad.yar", "rule Bad {\n  condition: nonsense\n}");
        string file = _folder.Write("in/b", "needle");
        (int exit, string output, string complaints) = Scan("--rules", _rules, file);
        Assert.Equal((2, $"Needle {file}\n"), (exit, output));
        Assert.StartsWith($"{bad}:2: error: undefined identifier \"nonsense\"", complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_not_there_is_told_and_the_others_are_scanned()
    {
        string file = _folder.Write("in/b", "needle");
        (int exit, string output, string complaints) = Scan("--rules", _rules, "/not/there", file);
        Assert.Equal((1, $"Needle {file}\n", "/not/there: error: No such file or directory\n"), (exit, output, complaints));
    }

    [Fact]
    public void A_link_back_to_a_folder_above_ends()
    {
        string file = _folder.Write("in/a/x", "needle");
        Directory.CreateSymbolicLink($"{_folder.Path}/in/a/up", "..");
        Assert.Equal((0, $"Needle {file}\n", ""), Scan("--rules", _rules, $"{_folder.Path}/in"));
    }

    [Fact]
    public void A_pipe_is_passed_over_and_a_name_that_is_not_text_is_printed_as_it_is()
    {
        Assert.SkipUnless(Command.Exists("mkfifo"), "needs mkfifo");
        string root = Path.Combine(_folder.Path, "in");
        Directory.CreateDirectory(root);
        Command.Run("mkfifo", $"{root}/pipe");
        Command.Run("sh", "-c", $"printf needle > \"$(printf '{root}/a\\377b')\"");

        using var output = new MemoryStream();
        Assert.Equal(0, new ScanCommand(output, TextWriter.Null).Run(["--rules", _rules, root]));
        Assert.Equal([.. Encoding.UTF8.GetBytes($"Needle {root}/a"), 0xFF, (byte)'b', (byte)'\n'], output.ToArray());
        Command.Run("rm", "-r", root);
    }

    [Theory]
    [InlineData]
    [InlineData("--rules")]
    [InlineData("--rules", "/tmp")]
    [InlineData("/tmp")]
    [InlineData("--unknown", "--rules", "/tmp", "/tmp")]
    [InlineData("--rules", "/not/there", "/tmp")]
    public void Wrong_usage_is_told_and_is_two(params string[] arguments)
    {
        (int exit, string output, string complaints) = Scan(arguments);
        Assert.Equal((2, ""), (exit, output));
        Assert.NotEqual("", complaints);
    }

    [Fact]
    public void A_folder_without_rules_is_an_error()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "none"));
        (int exit, _, string complaints) = Scan("--rules", Path.Combine(_folder.Path, "none"), "/etc/hostname");
        Assert.Equal(2, exit);
        Assert.Contains("no .yar or .yara file", complaints, StringComparison.Ordinal);
    }

    private static (int Exit, string Output, string Complaints) Scan(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var complaints = new StringWriter();
        int exit = new ScanCommand(output, complaints).Run(arguments);
        return (exit, Encoding.UTF8.GetString(output.ToArray()), complaints.ToString());
    }
}

using System.Text;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Tests;

public sealed class RuleReaderTests
{
    private const string Sound = """
        title: Sound
        id: 5e0d7d3c-8f0c-4f43-9d1f-6f1f8f0d3a11
        description: |
            What it is for.
        level: high
        tags:
            - attack.execution
            - attack.t1059
        falsepositives:
            - None
        logsource:
            product: linux
            category: process_creation
        detection:
            selection:
                Image: /bin/x
            condition: selection
        """;

    [Fact]
    public void A_rule_keeps_what_a_finding_needs()
    {
        SigmaRule rule = Assert.Single(Subject.Rules(Sound));
        Assert.Equal("Sound", rule.Title);
        Assert.Equal("5e0d7d3c-8f0c-4f43-9d1f-6f1f8f0d3a11", rule.Id);
        Assert.Equal("What it is for.", rule.Description);
        Assert.Equal(RuleLevel.High, rule.Level);
        Assert.Equal(["attack.execution", "attack.t1059"], rule.Tags);
        Assert.Equal(["None"], rule.FalsePositives);
        Assert.Equal(SigmaCategory.ProcessCreation, rule.Category);
        Assert.Equal(new SourceLine("test.yml", 1), rule.Source);
    }

    [Theory]
    [InlineData("title: Sound", "other: x", 1, "'title' is missing")]
    [InlineData("title: Sound", "title: [x]", 1, "'title' must not be a list")]
    [InlineData("level: high", "level: urgent", 5, "'level' is informational, low, medium, high or critical, not 'urgent'")]
    [InlineData("detection:", "detektion:", 1, "'detection' is missing")]
    [InlineData("logsource:", "logsauce:", 1, "'logsource' is missing")]
    [InlineData("condition: selection", "x: {y: z}", 15, "'detection' has no condition")]
    [InlineData("condition: selection", "condition: {a: b}", 17, "'condition' must be a text or a list of texts")]
    [InlineData("condition: selection", "condition:", 17, "'condition' must be a text or a list of texts")]
    [InlineData("condition: selection", "condition: selektion", 17, "there is no search identifier 'selektion'")]
    [InlineData("condition: selection", "timeframe: 5m", 17, "'timeframe' is not supported")]
    [InlineData("        Image: /bin/x", "        Image|nope: /bin/x", 16, "unknown modifier 'nope'")]
    [InlineData("        Image: /bin/x", "        {}", 15, "the search identifier 'selection' is empty")]
    [InlineData("        Image: /bin/x", "        Image: [a", 16, "not YAML")]
    [InlineData("        Image: /bin/x", "        Image: a\n        Image: b", 17, "the key 'Image' occurs twice in one map")]
    [InlineData("        Image: /bin/x", "        Image: *nothing", 16, "nothing is anchored as 'nothing'")]
    [InlineData("level: high", "correlation: {type: event_count}", 5, "correlation rules are not supported")]
    [InlineData("level: high", "filter: {rules: [a]}", 5, "filter rules are not supported")]
    [InlineData("level: high", "action: global", 5, "rule collections")]
    [InlineData("    product: linux\n    category: process_creation", "    definition: x", 12, "'logsource' has neither category, product nor service")]
    public void A_bad_rule_is_refused_with_file_line_and_reason(string sound, string bad, int line, string message)
    {
        Assert.Contains(sound, Sound, StringComparison.Ordinal);
        RuleFault fault = Subject.Fault(Sound.Replace(sound, bad, StringComparison.Ordinal));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(new SourceLine("test.yml", line), fault.Source);
        Assert.StartsWith($"test.yml:{line}: ", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("product: linux\n    category: process_creation", true)]
    [InlineData("category: process_creation", true)]
    [InlineData("product: Linux\n    category: Process_Creation", true)]
    [InlineData("product: windows\n    category: process_creation", false)]
    [InlineData("product: linux\n    service: auditd", false)]
    [InlineData("product: linux\n    category: process_creation\n    service: sysmon", false)]
    [InlineData("product: linux", false)]
    [InlineData("category: webserver", false)]
    public void Rules_about_other_log_sources_are_counted_and_not_evaluated(string logSource, bool applies)
    {
        RulePack pack = RulePack.Parse(Sound.Replace("product: linux\n    category: process_creation", logSource, StringComparison.Ordinal), "test.yml");
        Assert.Empty(pack.Faults);
        Assert.Equal(applies ? 1 : 0, pack.Rules.Count);
        Assert.Equal(applies ? 0 : 1, pack.NotApplicable);
    }

    [Fact]
    public void One_bad_document_leaves_those_around_it_and_lines_count_from_the_beginning_of_the_file()
    {
        string first = Sound.Replace("5e0d7d3c", "00000001", StringComparison.Ordinal);
        string broken = Sound.Replace("/bin/x", "'unfinished", StringComparison.Ordinal);
        string last = Sound.Replace("5e0d7d3c", "00000003", StringComparison.Ordinal);
        string text = $"# a comment first\n---\n{first}\n--- # second\n{broken}\n---\n{last}\n...\n---\n# nothing\n";
        RulePack pack = RulePack.Parse(text, "many.yml");
        Assert.Equal(["00000001-8f0c-4f43-9d1f-6f1f8f0d3a11", "00000003-8f0c-4f43-9d1f-6f1f8f0d3a11"], pack.Rules.Select(rule => rule.Id));
        Assert.Equal([3, 39], pack.Rules.Select(rule => rule.Source.Line));
        RuleFault fault = Assert.Single(pack.Faults);
        Assert.Equal(RuleFaultReason.NotYaml, fault.Reason);
        Assert.InRange(fault.Source.Line, 36, 38);
    }

    [Fact]
    public void The_second_rule_with_an_id_is_refused_and_names_the_first()
    {
        RulePack pack = RulePack.Parse($"{Sound}\n---\n{Sound.ToUpperInvariant().Replace("TITLE", "title", StringComparison.Ordinal)}", "test.yml");
        Assert.Single(pack.Rules);
        Assert.Single(pack.Faults);

        pack = RulePack.Parse($"{Sound}\n---\n{Sound}", "test.yml");
        Assert.Single(pack.Rules);
        RuleFault fault = Assert.Single(pack.Faults);
        Assert.Equal(RuleFaultReason.Duplicate, fault.Reason);
        Assert.Equal(19, fault.Source.Line);
        Assert.Contains("is already that of test.yml:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_without_id_goes_by_its_title()
    {
        string text = Sound.Replace("id: 5e0d7d3c-8f0c-4f43-9d1f-6f1f8f0d3a11\n", "", StringComparison.Ordinal);
        Assert.Equal("Sound", Assert.Single(Subject.Rules(text)).Id);
    }

    [Fact]
    public void Anchors_are_read_and_their_explosion_is_refused()
    {
        string shared = Sound.Replace("Image: /bin/x", "Image: &paths [/bin/x, /bin/y]\n        ParentImage: *paths", StringComparison.Ordinal);
        Assert.Single(Subject.Rules(shared));

        var laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
        {
            laughs.Append('a').Append(i).Append(": &a").Append(i).Append(" [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 10)).Append("]\n");
        }

        Assert.Equal(RuleFaultReason.TooLarge, Subject.Fault(laughs.ToString()).Reason);
    }

    [Fact]
    public void Nesting_without_end_is_refused() =>
        Assert.Equal(RuleFaultReason.TooLarge, Subject.Fault(string.Concat(Enumerable.Repeat("- ", 500)) + "x").Reason);

    [Theory]
    [InlineData("just text", "a rule is a map")]
    [InlineData("- a\n- b", "a rule is a map")]
    [InlineData("[]", "a rule is a map")]
    [InlineData("? [a, b]\n: c", "a key of a map must be a single value")]
    public void A_document_of_another_shape_is_refused(string text, string message) =>
        Assert.Contains(message, Subject.Fault(text).Message, StringComparison.Ordinal);

    [Fact]
    public void Folders_are_read_in_order_with_what_is_wrong_in_them()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-sigma-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "b"));
            File.WriteAllText(Path.Combine(folder, "b", "two.yaml"), Sound.Replace("5e0d7d3c", "00000002", StringComparison.Ordinal));
            File.WriteAllText(Path.Combine(folder, "a.YML"), "\uFEFF" + Sound.Replace("5e0d7d3c", "00000001", StringComparison.Ordinal));
            File.WriteAllText(Path.Combine(folder, "notes.txt"), "not a rule");
            File.WriteAllBytes(Path.Combine(folder, "latin.yml"), [.. Encoding.ASCII.GetBytes("title: "), 0xE4, (byte)'\n']);
            File.WriteAllText(Path.Combine(folder, "huge.yml"), new string('#', 5_000_000));
            Directory.CreateSymbolicLink(Path.Combine(folder, "b", "again"), folder);

            RulePack pack = RulePack.Load([folder, folder, Path.Combine(folder, "b", "two.yaml"), Path.Combine(folder, "absent")]);

            Assert.Equal(["00000001", "00000002"], pack.Rules.Select(rule => rule.Id[..8]));
            Assert.Equal(4, pack.Files);
            Assert.Equal(
                [("huge.yml", RuleFaultReason.TooLarge), ("latin.yml", RuleFaultReason.NotYaml), ("absent", RuleFaultReason.Unreadable)],
                pack.Faults.Select(fault => (Path.GetFileName(fault.Source.File), fault.Reason)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_a_fault_and_costs_the_others_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-sigma-").FullName;
        string closed = Path.Combine(folder, "closed");
        try
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0x1ED);
            Directory.CreateDirectory(closed, UnixFileMode.None);
            File.WriteAllText(Path.Combine(folder, "rule.yml"), Sound);
            RulePack pack;
            using (new AsNobody())
            {
                pack = RulePack.Load([folder]);
            }

            Assert.Single(pack.Rules);
            RuleFault fault = Assert.Single(pack.Faults);
            Assert.Equal((closed, RuleFaultReason.Unreadable), (fault.Source.File, fault.Reason));
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_version_changes_with_the_text_of_the_rules_and_with_nothing_else()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-sigma-").FullName;
        try
        {
            string file = Path.Combine(folder, "a.yml");
            File.WriteAllText(file, Sound);
            string version = RulePack.Load([folder]).Version;
            Assert.Equal(version, RulePack.Load([folder]).Version);
            File.WriteAllText(file, Sound + "\n");
            Assert.NotEqual(version, RulePack.Load([folder]).Version);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;
using Ringwall.Sensors.Sigma.Replaying;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>
/// The rules that travel with the sensor. Beside each, tests/NAME.jsonl has an event that it must find (first line) and one that it must not (second),
/// and so on in turn.
/// </summary>
public sealed partial class ShippedRulesTests
{
    private static readonly RulePack Pack = RulePack.Load([Subject.OwnRules]);

    public static TheoryData<string> Names => [.. Pack.Rules.Select(rule => Path.GetFileNameWithoutExtension(rule.Source.File))];

    [Fact]
    public void There_are_enough_and_all_load()
    {
        Assert.Empty(Pack.Faults);
        Assert.Equal(0, Pack.NotApplicable);
        Assert.True(Pack.Rules.Count >= 25, $"only {Pack.Rules.Count} rules");
        Assert.Equal(SigmaCategories.Count, Pack.Rules.Select(rule => rule.Category).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_finds_what_it_must_and_not_what_nearly_is(string name)
    {
        SigmaRule rule = Pack.Rules.Single(rule => Path.GetFileNameWithoutExtension(rule.Source.File) == name);
        string[] lines = File.ReadAllLines(Path.Combine(Subject.OwnRules, "tests", name + ".jsonl"));
        Assert.True(lines.Length >= 2 && lines.Length % 2 == 0, "events come in pairs");
        var set = new RuleSet([rule]);
        var evaluation = new Evaluation(set);
        for (int i = 0; i < lines.Length; i++)
        {
            JsonEvent subject = Subject.Event(set, lines[i]);
            Assert.Equal(rule.Category, subject.Category);
            Assert.True(evaluation.Match(subject).Count == (i % 2 == 0 ? 1 : 0), $"line {i + 1}: {lines[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_says_what_it_is_for(string name)
    {
        SigmaRule rule = Pack.Rules.Single(rule => Path.GetFileNameWithoutExtension(rule.Source.File) == name);
        Assert.True(Guid.TryParseExact(rule.Id, "D", out _), rule.Id);
        Assert.True(rule.Description.Length >= 30, rule.Description);
        Assert.NotEmpty(rule.FalsePositives);
        Assert.Contains(rule.Tags, tag => TechniqueTag().IsMatch(tag));
        Assert.Contains(rule.Tags, tag => TacticTag().IsMatch(tag));
        Assert.Contains("\nlevel: ", File.ReadAllText(rule.Source.File), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_of_events_belongs_to_a_rule() =>
        Assert.Equal(
            Names.Select(row => row.Data).Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(Subject.OwnRules, "tests")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Fact]
    public void They_are_in_the_folder_of_the_program_with_its_manifest()
    {
        string folder = Path.GetDirectoryName(typeof(RulePack).Assembly.Location)!;
        Assert.Equal(Pack.Rules.Select(rule => rule.Id), RulePack.Load([Path.Combine(folder, "rules")]).Rules.Select(rule => rule.Id));
        Assert.Contains("\"executable\": \"ringwall-sensor-sigma\"", File.ReadAllText(Path.Combine(folder, "sensor.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Their_ids_are_in_no_public_pack_at_hand()
    {
        if (!Directory.Exists(Subject.PublicRules))
        {
            Assert.Skip("needs the public rules in ../shared/rules/sigma");
        }

        Assert.Empty(RulePack.Load([Subject.PublicRules]).Rules.Select(rule => rule.Id).Intersect(Pack.Rules.Select(rule => rule.Id)));
    }

    [GeneratedRegex(@"^attack\.t[0-9]{4}(\.[0-9]{3})?$")]
    private static partial Regex TechniqueTag();

    [GeneratedRegex("^attack\\.[a-z-]+$")]
    private static partial Regex TacticTag();
}

using System.Text.Json;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;
using Ringwall.Sensors.Sigma.Replaying;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>The language is that of rules which others wrote: those of a public pack, read where they lie.</summary>
public sealed class PublicRulesTests
{
    private const int InThePack = 135;

    private readonly Lazy<RulePack> _pack = new(() => RulePack.Load([Subject.PublicRules]));

    [Fact]
    public void Every_public_rule_loads()
    {
        SkipWithoutPack();
        Assert.True(_pack.Value.Faults.Count == 0, string.Join('\n', _pack.Value.Faults));
        Assert.Equal(0, _pack.Value.NotApplicable);
        Assert.Equal(InThePack, _pack.Value.Rules.Count);
        Assert.Equal([122, 8, 5], _pack.Value.Rules.GroupBy(rule => rule.Category).OrderBy(rules => rules.Key).Select(rules => rules.Count()));
    }

    [Fact]
    public void Every_public_rule_matches_an_event_that_is_made_from_it_and_not_an_empty_one()
    {
        SkipWithoutPack();
        var unmet = new List<string>();
        foreach (SigmaRule rule in _pack.Value.Rules)
        {
            var set = new RuleSet([rule]);
            var evaluation = new Evaluation(set);
            string empty = $"{{\"category\":\"{SigmaCategories.NameOf(rule.Category)}\"}}";
            Assert.Empty(evaluation.Match(Subject.Event(set, empty)));
            if (!SatisfyingEvent.Candidates(rule).Any(json => evaluation.Match(Subject.Event(set, json)).Count == 1))
            {
                unmet.Add(rule.Source.File);
            }
        }

        Assert.True(unmet.Count == 0, string.Join('\n', unmet));
    }

    [Fact]
    public void On_events_made_from_all_of_them_the_index_finds_what_plain_evaluation_finds()
    {
        SkipWithoutPack();
        // The plain evaluator knows nothing of networks; the one rule that has some is left out.
        SigmaRule[] rules = [.. _pack.Value.Rules.Where(rule => !rule.Source.File.Contains("malware_callback_port", StringComparison.Ordinal))];
        var set = new RuleSet(rules);
        var evaluation = new Evaluation(set);
        int events = 0;
        int matches = 0;
        foreach (string json in rules.SelectMany(rule => SatisfyingEvent.Candidates(rule).Take(12)))
        {
            JsonEvent subject = Subject.Event(set, json);
            string[] indexed = [.. evaluation.Match(subject).Select(rule => rule.Id).Order(StringComparer.Ordinal)];
            Assert.Equal(NaiveEvaluator.Match(rules, subject.Category!.Value, FieldsOf(json)), indexed);
            events++;
            matches += indexed.Length;
        }

        Assert.True(events > 500 && matches > events / 2, $"{events} events, {matches} matches");
    }

    [Fact]
    public void An_ordinary_event_is_held_against_few_of_the_rules()
    {
        SkipWithoutPack();
        RulePack all = RulePack.Load([Subject.PublicRules, Subject.OwnRules]);
        var set = new RuleSet(all.Rules);
        var evaluation = new Evaluation(set);
        foreach (string json in OrdinaryEvents)
        {
            long before = evaluation.RulesEvaluated;
            evaluation.Match(Subject.Event(set, json));
            long evaluated = evaluation.RulesEvaluated - before;
            Assert.True(evaluated * 10 < all.Rules.Count, $"{evaluated} of {all.Rules.Count} rules for {json}");
        }

        double average = (double)evaluation.RulesEvaluated / OrdinaryEvents.Length / all.Rules.Count;
        Assert.True(average < 0.05, $"{average:P1} of the rules for an ordinary event");
    }

    private static readonly string[] OrdinaryEvents =
    [
        """{"category":"process_creation","Image":"/usr/bin/ls","CommandLine":"ls --color=auto -la /srv/app","ParentImage":"/usr/bin/bash","ParentCommandLine":"-bash","CurrentDirectory":"/srv","User":"1000"}""",
        """{"category":"process_creation","Image":"/usr/lib/gcc/x86_64-linux-gnu/12/cc1","CommandLine":"/usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet -Iinclude src/main.c -O2 -o /tmp/ccQ1.s","ParentImage":"/usr/bin/gcc","ParentCommandLine":"gcc -O2 -c src/main.c","User":"1000"}""",
        """{"category":"process_creation","Image":"/usr/bin/make","CommandLine":"make -j8 all","ParentImage":"/usr/bin/bash","User":"1000"}""",
        """{"category":"process_creation","Image":"/usr/bin/git","CommandLine":"git status --short","ParentImage":"/usr/bin/zsh","User":"1000"}""",
        """{"category":"process_creation","Image":"/usr/bin/dash","CommandLine":"sh -c command -v python3 >/dev/null 2>&1","ParentImage":"/usr/sbin/cron","User":"root"}""",
        """{"category":"process_creation","Image":"/usr/bin/python3.11","CommandLine":"/usr/bin/python3 /usr/bin/unattended-upgrade --dry-run","ParentImage":"/usr/lib/systemd/systemd","User":"root"}""",
        """{"category":"process_creation","Image":"/usr/bin/true","CommandLine":"true","ParentImage":"/usr/bin/bash","User":"1000"}""",
        """{"category":"file_event","TargetFilename":"/home/ana/src/project/build/obj/main.o","Image":"/usr/bin/x86_64-linux-gnu-as","User":"1000"}""",
        """{"category":"file_event","TargetFilename":"/var/lib/dpkg/status-new","Image":"/usr/bin/dpkg","User":"root"}""",
        """{"category":"network_connection","Image":"/usr/lib/apt/methods/http","DestinationIp":"151.101.2.132","DestinationPort":80,"Initiated":"true","Protocol":"tcp","User":"root"}""",
        """{"category":"network_connection","Image":"/usr/bin/ssh","DestinationIp":"10.1.2.3","DestinationPort":22,"Initiated":"true","Protocol":"tcp","User":"1000"}""",
    ];

    private static Dictionary<string, string?> FieldsOf(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().Where(field => field.Name != "category").ToDictionary(field => field.Name, field => field.Value.GetString());
    }

    private static void SkipWithoutPack()
    {
        if (!Directory.Exists(Subject.PublicRules))
        {
            Assert.Skip("needs the public rules in ../shared/rules/sigma");
        }
    }
}

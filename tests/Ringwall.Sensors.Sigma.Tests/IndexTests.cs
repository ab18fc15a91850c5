using System.Text;
using System.Text.Json;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;
using Ringwall.Sensors.Sigma.Replaying;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>The index may only save work: what it finds must be what holding every event against every rule finds.</summary>
public sealed class IndexTests
{
    // Few letters, so that values and patterns meet often; some that fold, that are wide, and that are special in patterns.
    private static readonly string[] Letters = ["a", "b", "A", "/", "-", "é", "É", "\U0001F600", "*", "?", "\\", "4", " "];
    private static readonly string[] Fields = ["Image", "CommandLine", "ParentImage", "Port"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Indexed_and_plain_evaluation_agree_on_random_rules_and_events(int seed)
    {
        var random = new Random(seed);
        SigmaRule[] rules = [.. Enumerable.Range(0, 60).Select(number => SomeRule(random, number))];
        var set = new RuleSet(rules);
        var evaluation = new Evaluation(set);
        var subject = new JsonEvent(set.Fields);
        int matches = 0;
        int empty = 0;
        for (int i = 0; i < 300; i++)
        {
            SigmaCategory category = (SigmaCategory)random.Next(SigmaCategories.Count);
            Dictionary<string, string?> fields = SomeFields(random);
            Assert.True(subject.TryRead(ToJson(category, fields), out string fault), fault);
            List<string> plain = NaiveEvaluator.Match(rules, category, fields);
            string[] indexed = [.. evaluation.Match(subject).Select(rule => rule.Id).Order(StringComparer.Ordinal)];
            Assert.True(plain.SequenceEqual(indexed), $"seed {seed}, event {i} ({Encoding.UTF8.GetString(ToJson(category, fields))}): [{string.Join(' ', plain)}] plain, [{string.Join(' ', indexed)}] indexed");
            matches += indexed.Length;
            empty += indexed.Length == 0 ? 1 : 0;
        }

        Assert.True(matches > 20 && evaluation.RulesEvaluated < 300 * 20, $"seed {seed} proved nothing: {matches} matches, {evaluation.RulesEvaluated} rules evaluated, {empty} events without match");
    }

    [Fact]
    public void The_comparison_notices_an_index_that_demands_too_much()
    {
        // The control: rules that match without the literal that a wrong index would demand of them.
        var random = new Random(7);
        SigmaRule[] rules = [.. Enumerable.Range(0, 60).Select(number => SomeRule(random, number))];
        SigmaRule[] wrong = [.. rules.Select(rule => rule with { Expression = Expression.AllOf([rule.Expression, Contains("Image", "b")]) })];
        var set = new RuleSet(wrong);
        var evaluation = new Evaluation(set);
        var subject = new JsonEvent(set.Fields);
        int differences = 0;
        for (int i = 0; i < 300; i++)
        {
            Dictionary<string, string?> fields = SomeFields(random);
            subject.TryRead(ToJson(SigmaCategory.ProcessCreation, fields), out _);
            differences += NaiveEvaluator.Match(rules, SigmaCategory.ProcessCreation, fields).Count == evaluation.Match(subject).Count ? 0 : 1;
        }

        Assert.True(differences > 0);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_scanner_reports_every_literal_that_is_there(int seed)
    {
        var random = new Random(seed);
        RequiredLiteral[] literals =
        [
            .. Enumerable.Range(0, 30)
                .Select(_ => new RequiredLiteral("f", CaseFolding.Fold(SomeText(random, 1, 4)), random.Next(3) == 0, random.Next(3) == 0)),
        ];
        var scanner = new LiteralScanner(literals);
        var hits = new List<int>();
        int found = 0;
        for (int i = 0; i < 300; i++)
        {
            string text = CaseFolding.Fold(SomeText(random, 0, 12));
            hits.Clear();
            scanner.Scan(text, hits);
            for (int l = 0; l < literals.Length; l++)
            {
                (_, string literal, bool atStart, bool atEnd) = literals[l];
                bool there = (atStart, atEnd) switch
                {
                    (true, true) => text == literal,
                    (true, false) => text.StartsWith(literal, StringComparison.Ordinal),
                    (false, true) => text.EndsWith(literal, StringComparison.Ordinal),
                    _ => text.Contains(literal, StringComparison.Ordinal),
                };
                found += there ? 1 : 0;
                Assert.True(!there || hits.Contains(l), $"seed {seed}: '{literal}' in '{text}' was not reported");

                // Characters beyond ASCII share classes, so such a literal may be reported where it is not; others may not.
                Assert.True(there || !hits.Contains(l) || !literal.All(char.IsAscii), $"seed {seed}: '{literal}' in '{text}' was reported");
            }
        }

        Assert.True(found > 0);
    }

    [Fact]
    public void Evaluation_allocates_nothing_once_it_is_warm()
    {
        IReadOnlyList<SigmaRule> rules = Subject.Rules(
            Subject.RuleWith("a:\n  Image|endswith: /sh\n  CommandLine|contains|all: [x, y]\nb:\n  CommandLine|re: 'z+'\nc:\n  Image: '/b*n/?h'\ncondition: 1 of *")
            + "---\n" + Subject.RuleWith("keywords: [evil]\ncondition: keywords", "second"));
        var set = new RuleSet(rules);
        var evaluation = new Evaluation(set);
        JsonEvent subject = Subject.Event(set, """{"category":"process_creation","Image":"/bin/sh","CommandLine":"sh -c évil X Y zz"}""");
        for (int i = 0; i < 200; i++)
        {
            Assert.Single(evaluation.Match(subject));
        }

        // The runtime may use this thread once for work of its own; what allocates does so in every attempt.
        long spent = long.MaxValue;
        for (int attempt = 0; attempt < 5 && spent != 0; attempt++)
        {
            int matches = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                matches += evaluation.Match(subject).Count;
            }

            spent = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(1_000, matches);
        }

        Assert.Equal(0, spent);
    }

    private static Expression.Test Contains(string? field, string literal) =>
        new(field, new Criterion.Text(TextPattern.Literal(literal).Open(start: true, end: true), Cased: false));

    private static SigmaRule SomeRule(Random random, int number) => new()
    {
        Id = $"{number:D2}",
        Title = $"{number:D2}",
        Category = (SigmaCategory)random.Next(SigmaCategories.Count),
        // A rule that needs nothing is evaluated for every event, so most begin with something.
        Expression = random.Next(12) == 0
            ? SomeExpression(random, 3)
            : Expression.AllOf([SomeText(random, random.Next(1, 4)), SomeExpression(random, 3)]),
        Source = new SourceLine("random", number),
    };

    private static Expression SomeExpression(Random random, int depth) => random.Next(depth == 0 ? 1 : 5) switch
    {
        1 => Expression.AllOf([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => SomeExpression(random, depth - 1))]),
        2 or 3 => Expression.AnyOf([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => SomeExpression(random, depth - 1))]),
        4 when random.Next(2) == 0 => new Expression.Not(SomeExpression(random, depth - 1)),
        _ => SomeTest(random),
    };

    private static Expression.Test SomeTest(Random random)
    {
        string field = Fields[random.Next(Fields.Length)];
        return random.Next(14) switch
        {
            0 => new Expression.Test(field, new Criterion.IsNull()),
            1 => new Expression.Test(field, new Criterion.Exists(random.Next(2) == 0)),
            2 => new Expression.Test(field, new Criterion.Compares((Comparison)random.Next(4), random.Next(-5, 50))),
            3 => new Expression.Test(field, new Criterion.SameAs(Fields[random.Next(Fields.Length)], random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0)),
            4 => new Expression.Test(random.Next(3) == 0 ? null : field, Regexes.SigmaRegex.Compile(random.Next(2) == 0 ? "a.b|4$" : "^/?(a|b)+", default, 1)),
            5 => new Expression.Test(null, SomeText(random, 2).Criterion),
            _ => SomeText(random, 1),
        };
    }

    private static Expression.Test SomeText(Random random, int shortest)
    {
        string value = SomeText(random, 0, 3) + SomeText(random, random.Next(8) == 0 ? 0 : shortest, shortest + 2);
        TextPattern pattern = random.Next(2) == 0 ? TextPattern.Parse(value) : TextPattern.Literal(value);
        return new Expression.Test(
            Fields[random.Next(Fields.Length)],
            new Criterion.Text(pattern.Open(random.Next(4) != 0, random.Next(4) != 0), Cased: random.Next(5) == 0));
    }

    private static Dictionary<string, string?> SomeFields(Random random)
    {
        var fields = new Dictionary<string, string?>();
        foreach (string field in Fields)
        {
            switch (random.Next(8))
            {
                case 0: break;
                case 1: fields[field] = null; break;
                case 2: fields[field] = random.Next(-5, 50).ToString(); break;
                default: fields[field] = SomeText(random, 0, 24); break;
            }
        }

        return fields;
    }

    private static string SomeText(Random random, int from, int to)
    {
        var text = new StringBuilder();
        for (int i = random.Next(from, to + 1); i > 0; i--)
        {
            // Half of all letters are one of two, so that longer literals are found, too.
            text.Append(Letters[random.Next(2) == 0 ? random.Next(2) : random.Next(Letters.Length)]);
        }

        return text.ToString();
    }

    private static byte[] ToJson(SigmaCategory category, Dictionary<string, string?> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("category", SigmaCategories.NameOf(category));
            foreach ((string name, string? value) in fields)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

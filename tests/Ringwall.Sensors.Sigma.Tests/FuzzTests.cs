using System.Text;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;
using Ringwall.Sensors.Sigma.Replaying;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>Rules and events come from outside. Whatever they hold, reading ends, throws nothing, and what was accepted can be evaluated.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "title: x\n", "id: 1\n", "logsource:\n", "  category: process_creation\n", "  product: linux\n", "detection:\n", "  a:\n", "    Image|contains: x\n", "  condition: a\n",
        "level: low\n", "tags: [a]\n", "---\n", "...\n", "%YAML 1.1\n", "- ", "? ", ": ", "&a ", "*a ", "!!map ", "!t ", "| ", ">-\n", "'", "\"", "[", "]", "{", "}", ",", "#", "\t", "  ",
        "\n", "\r\n", "\\", "\\x41", "\0", "\uFEFF", "\u0085", "\u2028", "é", "\U0001F600", "\uD800", "null", "~", "<<: *a\n", "|re: '(a'\n", "|all", "1 of them", "not ", "(", ")", "@", "`", "%",
    ];

    private static readonly string[] ConditionPieces =
        ["a", "b", "sel_1", "_h", "and", "or", "not", "of", "1", "all", "any", "them", "2", "(", ")", " ", "*", "sel_*", "|", "\t", "é", "-", "."];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_text_is_read_to_the_end_as_rules_or_faults(int seed)
    {
        var random = new Random(seed);
        string[] sound = [.. Directory.GetFiles(Subject.OwnRules, "*.yml").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 150; i++)
        {
            string text = random.Next(4) == 0 ? Jumble(random, Pieces, 40) : Damage(random, sound[random.Next(sound.Length)]);
            RulePack pack = RulePack.Parse(text, "fuzz.yml");
            accepted += pack.Rules.Count;
            refused += pack.Faults.Count;
            int lines = text.Count(c => c == '\n') + 1;
            Assert.All(pack.Faults, fault => Assert.InRange(fault.Source.Line, 1, lines));
            Assert.All(pack.Faults, fault => Assert.NotEqual("", fault.Message));
            Evaluate(pack.Rules);
        }

        Assert.True(accepted > 10 && refused > 10, $"seed {seed}: {accepted} accepted, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_condition_is_an_expression_or_a_fault(int seed)
    {
        var random = new Random(seed);
        var searches = new Dictionary<string, Expression>();
        foreach (string name in (string[])["a", "b", "sel_1", "sel_2", "_h"])
        {
            searches.Add(name, SearchReader.Read(name, 1, new YamlScalar(1, name, Quoted: true)));
        }

        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 1_500; i++)
        {
            string condition = Jumble(random, ConditionPieces, 12, random.Next(2) == 0 ? " " : "");
            try
            {
                ConditionReader.Read(condition, 1, searches);
                accepted++;
            }
            catch (RuleFaultException)
            {
                refused++;
            }
        }

        Assert.True(accepted > 20 && refused > 500, $"seed {seed}: {accepted} accepted, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_line_is_an_event_or_a_fault(int seed)
    {
        var random = new Random(seed);
        var set = new RuleSet(RulePack.Load([Subject.OwnRules]).Rules);
        var evaluation = new Evaluation(set);
        var subject = new JsonEvent(set.Fields);
        string sound = """{"category":"process_creation","Image":"/bin/a\u00e9\\","CommandLine":"x \"y\" \n","Port":1.5e3,"B":true,"N":null,"A":[1,{"x":2}],"S":"\ud83d\ude00"}""";
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 1_500; i++)
        {
            byte[] line = Encoding.UTF8.GetBytes(random.Next(3) == 0 ? sound.Replace(""","A":[1,{"x":2}]""", "", StringComparison.Ordinal) : sound);
            for (int damage = random.Next(4); damage > 0; damage--)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }

            if (subject.TryRead(line, out string fault))
            {
                accepted++;
                evaluation.Match(subject);
            }
            else
            {
                refused++;
                Assert.NotEqual("", fault);
                Assert.Null(subject.Category);
                Assert.Empty(evaluation.Match(subject));
            }
        }

        Assert.True(accepted > 20 && refused > 20, $"seed {seed}: {accepted} accepted, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_expression_is_compiled_or_refused(int seed)
    {
        string[] pieces = ["a", "b", ".", "*", "+", "?", "{2,3}", "{", "}", "(", ")", "(?:", "(?=", "(?<n>", "(?P<n>", "(?P=n)", "[", "]", "[^", "[:alpha:]", "-", "|", "^", "$", "\\", "\\d", "\\S", "\\b", "\\Q", "\\E", "\\1", "\\x{41}", "\\p", "#", " ", "é"];
        var random = new Random(seed);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 500; i++)
        {
            string source = Jumble(random, pieces, 8);
            try
            {
                Regexes.SigmaRegex.Compile(source, default, 1);
                accepted++;
            }
            catch (RuleFaultException)
            {
                refused++;
            }
        }

        Assert.True(accepted > 50 && refused > 50, $"seed {seed}: {accepted} accepted, {refused} refused");
    }

    private static void Evaluate(IReadOnlyList<SigmaRule> rules)
    {
        var set = new RuleSet(rules);
        var evaluation = new Evaluation(set);
        foreach (string category in (string[])["process_creation", "file_event", "network_connection"])
        {
            evaluation.Match(Subject.Event(set, $$"""{"category":"{{category}}","Image":"/tmp/.x","CommandLine":"a b c","TargetFilename":"/etc/x","DestinationIp":"1.2.3.4"}"""));
        }
    }

    private static string Jumble(Random random, string[] pieces, int most, string between = "") =>
        string.Join(between, Enumerable.Range(0, random.Next(1, most)).Select(_ => pieces[random.Next(pieces.Length)]));

    private static string Damage(Random random, string text)
    {
        var damaged = new StringBuilder(text);
        for (int i = random.Next(3); i > 0; i--)
        {
            int at = random.Next(damaged.Length);
            switch (random.Next(4))
            {
                case 0: damaged.Remove(at, Math.Min(random.Next(1, 20), damaged.Length - at)); break;
                case 1: damaged.Insert(at, Pieces[random.Next(Pieces.Length)]); break;
                case 2: damaged[at] = (char)random.Next(1, 0x3000); break;
                default: damaged.Length = Math.Max(1, at); break;
            }
        }

        return damaged.ToString();
    }
}

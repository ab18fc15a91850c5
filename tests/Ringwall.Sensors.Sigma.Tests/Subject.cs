using System.Text;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;
using Ringwall.Sensors.Sigma.Replaying;

namespace Ringwall.Sensors.Sigma.Tests;

/// <summary>What tests say in one line: rules from text, events from JSON, and which rules match.</summary>
internal static class Subject
{
    public static readonly string Repository = FindRepository();

    public static string PublicRules => Path.GetFullPath(Path.Combine(Repository, "..", "shared", "rules", "sigma"));

    public static string OwnRules => Path.Combine(Repository, "rules", "sigma");

    public static IReadOnlyList<SigmaRule> Rules(string yaml)
    {
        RulePack pack = RulePack.Parse(yaml, "test.yml");
        Assert.True(pack.Faults.Count == 0, string.Join('\n', pack.Faults));
        return pack.Rules;
    }

    public static RuleFault Fault(string yaml)
    {
        RulePack pack = RulePack.Parse(yaml, "test.yml");
        Assert.Empty(pack.Rules);
        return Assert.Single(pack.Faults);
    }

    /// <summary>A rule about processes with this detection, whose lines begin at the left.</summary>
    public static string RuleWith(string detection, string id = "rule") =>
        $"title: {id}\nlogsource:\n  product: linux\n  category: process_creation\ndetection:\n  " + detection.Replace("\n", "\n  ") + "\n";

    /// <summary>The line of a rule made by <see cref="RuleWith"/> on which its detection begins.</summary>
    public const int DetectionLine = 6;

    public static JsonEvent Event(RuleSet rules, string json)
    {
        var subject = new JsonEvent(rules.Fields);
        Assert.True(subject.TryRead(Encoding.UTF8.GetBytes(json), out string fault), fault);
        return subject;
    }

    /// <summary>Whether a rule with this detection matches a process with these fields (JSON without braces).</summary>
    public static bool Matches(string detection, string fields)
    {
        var rules = new RuleSet(Rules(RuleWith(detection)));
        string json = "{\"category\":\"process_creation\"" + (fields.Length > 0 ? "," : "") + fields + "}";
        return new Evaluation(rules).Match(Event(rules, json)).Count > 0;
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ringwall.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not lie within the repository.");
    }
}

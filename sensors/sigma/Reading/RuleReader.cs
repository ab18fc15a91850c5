using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Reads one document of a rule file.</summary>
internal static class RuleReader
{
    /// <summary>The rule, or null for a sound rule that is about events of another kind.</summary>
    /// <exception cref="RuleFaultException">It is not a rule, or one that cannot be evaluated here.</exception>
    public static SigmaRule? Read(YamlNode? root, string file)
    {
        if (root is not YamlMapping document)
        {
            throw new RuleFaultException(RuleFaultReason.WrongShape, root?.Line ?? 1, "a rule is a map");
        }

        RefuseOtherKinds(document);
        string title = RequiredText(document, "title");
        SigmaCategory? category = ReadLogSource(Required<YamlMapping>(document, "logsource"));
        Expression expression = ReadDetection(Required<YamlMapping>(document, "detection"));
        if (category is null)
        {
            return null;
        }

        return new SigmaRule
        {
            Id = Text(document, "id") is { Length: > 0 } id ? id : title,
            Title = title,
            Description = (Text(document, "description") ?? "").Trim(),
            Level = ReadLevel(document),
            Tags = Texts(document, "tags"),
            FalsePositives = Texts(document, "falsepositives"),
            Category = category.Value,
            Expression = expression,
            Source = new SourceLine(file, document.Line),
        };
    }

    private static void RefuseOtherKinds(YamlMapping document)
    {
        foreach (YamlEntry entry in document.Entries)
        {
            string? what = entry.Key switch
            {
                "correlation" => "correlation rules are not supported: events are judged one by one",
                "filter" => "filter rules are not supported: write the exclusion into the rule",
                "action" => "rule collections ('action') were removed from Sigma: write each rule out",
                _ => null,
            };
            if (what is not null)
            {
                throw new RuleFaultException(RuleFaultReason.Unsupported, entry.Line, what);
            }
        }
    }

    private static SigmaCategory? ReadLogSource(YamlMapping logSource)
    {
        string? product = Text(logSource, "product");
        string? category = Text(logSource, "category");
        string? service = Text(logSource, "service");
        if (product is null && category is null && service is null)
        {
            throw new RuleFaultException(RuleFaultReason.Missing, logSource.Line, "'logsource' has neither category, product nor service");
        }

        // A service narrows the source to a log file, and events here come from none.
        bool here = service is null && (product is null || product.Equals("linux", StringComparison.OrdinalIgnoreCase));
        return here && category is not null && SigmaCategories.TryParse(category, out SigmaCategory known) ? known : null;
    }

    private static Expression ReadDetection(YamlMapping detection)
    {
        var searches = new Dictionary<string, Expression>(StringComparer.Ordinal);
        YamlEntry? condition = null;
        foreach (YamlEntry entry in detection.Entries)
        {
            switch (entry.Key)
            {
                case "condition":
                    condition = entry;
                    break;
                case "timeframe" when entry.Value is YamlScalar:
                    throw new RuleFaultException(RuleFaultReason.Unsupported, entry.Line, "'timeframe' is not supported: events are judged one by one");
                case "":
                    throw new RuleFaultException(RuleFaultReason.WrongShape, entry.Line, "a search identifier without name");
                default:
                    searches.Add(entry.Key, SearchReader.Read(entry.Key, entry.Line, entry.Value));
                    break;
            }
        }

        return condition switch
        {
            null => throw new RuleFaultException(RuleFaultReason.Missing, detection.Line, "'detection' has no condition"),
            { Value: YamlScalar { IsNull: false } one } => ConditionReader.Read(one.Text, one.Line, searches),
            { Value: YamlSequence { Items.Count: > 0 } several } when several.Items.All(item => item is YamlScalar) =>
                Expression.AnyOf([.. several.Items.Cast<YamlScalar>().Select(each => ConditionReader.Read(each.Text, each.Line, searches))]),
            { } wrong => throw new RuleFaultException(RuleFaultReason.WrongShape, wrong.Line, "'condition' must be a text or a list of texts"),
        };
    }

    private static RuleLevel ReadLevel(YamlMapping document)
    {
        if (document["level"] is not { } node)
        {
            return RuleLevel.Medium;
        }

        string level = node is YamlScalar scalar ? scalar.Text : "";
        foreach (RuleLevel known in Enum.GetValues<RuleLevel>())
        {
            if (level.Equals(known.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        throw new RuleFaultException(RuleFaultReason.Value, node.Line, $"'level' is informational, low, medium, high or critical, not '{level}'");
    }

    private static T Required<T>(YamlMapping document, string key)
        where T : YamlNode => document[key] switch
        {
            T node => node,
            null => throw new RuleFaultException(RuleFaultReason.Missing, document.Line, $"'{key}' is missing"),
            { } wrong => throw new RuleFaultException(RuleFaultReason.WrongShape, wrong.Line, $"'{key}' must not be {wrong.Kind}"),
        };

    private static string RequiredText(YamlMapping document, string key) =>
        Text(document, key) is { Length: > 0 } text ? text : throw new RuleFaultException(RuleFaultReason.Missing, document.Line, $"'{key}' is missing");

    private static string? Text(YamlMapping document, string key) => document[key] switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlScalar scalar => scalar.Text,
        { } wrong => throw new RuleFaultException(RuleFaultReason.WrongShape, wrong.Line, $"'{key}' must not be {wrong.Kind}"),
    };

    private static List<string> Texts(YamlMapping document, string key) => document[key] switch
    {
        YamlScalar { IsNull: false } one => [one.Text],
        YamlSequence several => [.. several.Items.OfType<YamlScalar>().Select(item => item.Text)],
        _ => [],
    };
}

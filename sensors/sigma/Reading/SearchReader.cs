using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Reads search identifiers: maps (every entry must hold), lists (one item must hold) and keywords.</summary>
internal static class SearchReader
{
    /// <exception cref="RuleFaultException">The definition, or a value in it, is not what a search identifier may hold.</exception>
    public static Expression Read(string name, int line, YamlNode definition)
    {
        switch (definition)
        {
            case YamlMapping { Entries.Count: > 0 } map:
                return Expression.AllOf([.. map.Entries.Select(ReadEntry)]);
            case YamlSequence { Items.Count: > 0 } list when list.Items.All(item => item is YamlScalar):
                return ValueReader.Read(FieldKey.Keyword(list.Line), [.. list.Items.Cast<YamlScalar>()]);
            case YamlSequence { Items.Count: > 0 } list:
                return Expression.AnyOf([.. list.Items.Select(item => Read(name, item.Line, item))]);
            case YamlScalar { IsNull: false } keyword:
                return ValueReader.Read(FieldKey.Keyword(keyword.Line), [keyword]);
            default:
                throw new RuleFaultException(RuleFaultReason.WrongShape, line, $"the search identifier '{name}' is empty");
        }
    }

    private static Expression ReadEntry(YamlEntry entry)
    {
        FieldKey key = FieldKey.Parse(entry.Key, entry.Line);
        switch (entry.Value)
        {
            case YamlScalar value:
                return ValueReader.Read(key, [value]);
            case YamlSequence { Items.Count: 0 }:
                throw new RuleFaultException(RuleFaultReason.WrongShape, entry.Line, $"'{entry.Key}' has an empty list of values");
            case YamlSequence list when list.Items.FirstOrDefault(item => item is not YamlScalar) is { } wrong:
                throw new RuleFaultException(RuleFaultReason.WrongShape, wrong.Line, $"'{entry.Key}' must list single values, and here is {wrong.Kind}");
            case YamlSequence list:
                return ValueReader.Read(key, [.. list.Items.Cast<YamlScalar>()]);
            default:
                throw new RuleFaultException(RuleFaultReason.WrongShape, entry.Line, $"'{entry.Key}' must have a value or a list of values, not {entry.Value.Kind}");
        }
    }
}

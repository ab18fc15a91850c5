using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Regexes;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Makes tests of a key and its values.</summary>
internal static class ValueReader
{
    /// <exception cref="RuleFaultException">A value is not what the modifiers of its key need.</exception>
    public static Expression Read(FieldKey key, IReadOnlyList<YamlScalar> values)
    {
        Expression[] tests = [.. values.Select(value => ReadOne(key, value))];
        Expression linked = key.All ? Expression.AllOf(tests) : Expression.AnyOf(tests);
        return key.Negated ? new Expression.Not(linked) : linked;
    }

    private static Expression ReadOne(FieldKey key, YamlScalar value)
    {
        if (value.IsNull)
        {
            return key is { Field: not null, Kind: TestKind.Text, OpenStart: false, OpenEnd: false, Encodings.Count: 0 }
                ? new Expression.Test(key.Field, new Criterion.IsNull())
                : throw Fault(value, key.Field is null ? "null needs a field" : "null can be compared, and nothing else");
        }

        return key.Kind switch
        {
            // The text as it was written: a regular expression and an address are never numbers.
            TestKind.Regex => new Expression.Test(key.Field, SigmaRegex.Compile(value.Text, key.RegexOptions, value.Line)),
            TestKind.Network => new Expression.Test(key.Field, ReadNetwork(value)),
            TestKind.Existence => new Expression.Test(key.Field, ReadExistence(value)),
            TestKind.Comparison => new Expression.Test(key.Field, ReadComparison(key, value)),
            TestKind.FieldReference => new Expression.Test(key.Field, ReadReference(key, value)),
            _ => ReadText(key, value),
        };
    }

    private static Expression ReadText(FieldKey key, YamlScalar value)
    {
        // Values that a modifier multiplied are alternatives, also where 'all' links the values that the rule lists.
        TextPattern pattern = TextPattern.Parse(value.Value);
        IEnumerable<TextPattern> patterns = key.Windash ? DashVariants.Of(pattern, value.Line) : [pattern];
        if (key.Encodings.Count > 0)
        {
            if (pattern.HasWildcards)
            {
                throw Fault(value, "a value with wildcards cannot be encoded");
            }

            patterns = patterns.SelectMany(plain => EncodedText.Encode(plain.Plain, key.Encodings, value.Line)).Select(TextPattern.Literal);
        }

        return Expression.AnyOf([.. patterns.Select(
            each => new Expression.Test(key.Field, new Criterion.Text(each.Open(key.OpenStart, key.OpenEnd), key.Cased)))]);
    }

    private static Criterion.InNetwork ReadNetwork(YamlScalar value) =>
        IpNetwork.TryParse(value.Text, out IpNetwork network, out string why)
            ? new Criterion.InNetwork(network)
            : throw Fault(value, $"not a network: {why}");

    private static Criterion.Exists ReadExistence(YamlScalar value) =>
        bool.TryParse(value.Text, out bool wanted)
            ? new Criterion.Exists(wanted)
            : throw Fault(value, $"'exists' takes true or false, not '{value.Text}'");

    private static Criterion.Compares ReadComparison(FieldKey key, YamlScalar value) =>
        NumberText.TryParse(value.Value, out decimal number)
            ? new Criterion.Compares(key.Comparison, number)
            : throw Fault(value, $"a comparison takes a number, not '{value.Text}'");

    private static Criterion.SameAs ReadReference(FieldKey key, YamlScalar value) =>
        value.Text.Length > 0
            ? new Criterion.SameAs(value.Text, key.OpenStart, key.OpenEnd, key.Cased)
            : throw Fault(value, "'fieldref' takes the name of a field");

    private static RuleFaultException Fault(YamlScalar value, string message) => new(RuleFaultReason.Value, value.Line, message);
}

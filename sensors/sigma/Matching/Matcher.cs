using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>Decides over one value.</summary>
internal abstract class Matcher
{
    /// <summary>The value is there and not null.</summary>
    public abstract bool Matches(FieldText value);

    public static Matcher For(Criterion criterion, GivenUpExpressions givenUp) => criterion switch
    {
        Criterion.Text text => new TextMatcher(text.Pattern, text.Cased),
        Criterion.Matches regex => new RegexMatcher(regex, givenUp),
        Criterion.InNetwork network => new NetworkMatcher(network.Network),
        Criterion.Compares compares => new ComparisonMatcher(compares.Comparison, compares.Number),
        _ => throw new ArgumentException($"{criterion} is not about one value", nameof(criterion)),
    };
}

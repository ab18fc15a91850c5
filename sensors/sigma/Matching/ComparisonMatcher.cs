using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

internal sealed class ComparisonMatcher(Comparison comparison, decimal bound) : Matcher
{
    public override bool Matches(FieldText value) => NumberText.TryParse(value.Text, out decimal number) && comparison switch
    {
        Comparison.Less => number < bound,
        Comparison.LessOrEqual => number <= bound,
        Comparison.Greater => number > bound,
        _ => number >= bound,
    };
}

using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>
/// Literals of which an event must have at least one. A rule's groups must all be met before the rule can match; a rule without groups may match anything.
/// </summary>
internal sealed class RequiredGroup
{
    /// <summary>As many as one byte has bits beside the one that says "already found".</summary>
    private const int MostGroups = 7;

    private RequiredGroup(HashSet<RequiredLiteral> literals)
    {
        Literals = literals;
        Weight = literals.Sum(literal => literal.Weight);
    }

    public IReadOnlySet<RequiredLiteral> Literals { get; }

    private double Weight { get; }

    /// <summary>The groups without which the expression cannot hold, the most telling first.</summary>
    public static IReadOnlyList<RequiredGroup> Of(Expression expression)
    {
        switch (expression)
        {
            case Expression.Test { Criterion: Criterion.Text text } test:
                return RequiredLiteral.Of(test.Field, text.Pattern) is { } literal ? [new RequiredGroup([literal])] : [];
            case Expression.All all:
                return [.. all.Parts.SelectMany(Of).OrderBy(group => group.Weight).Take(MostGroups)];
            case Expression.Any any:
                return OfAny(any.Parts);
            default:
                // A negation, an absent field, a number or an expression can hold whatever literals an event has.
                return [];
        }
    }

    /// <summary>One alternative must hold, so one literal of the best group of one of them is there.</summary>
    private static RequiredGroup[] OfAny(IReadOnlyList<Expression> alternatives)
    {
        var literals = new HashSet<RequiredLiteral>();
        foreach (Expression alternative in alternatives)
        {
            IReadOnlyList<RequiredGroup> groups = Of(alternative);
            if (groups.Count == 0)
            {
                return [];
            }

            literals.UnionWith(groups.MinBy(group => group.Weight)!.Literals);
        }

        return [new RequiredGroup(literals)];
    }
}

namespace Ringwall.Sensors.Sigma.Language;

/// <summary>A rule's condition with its search identifiers put in: a tree over tests of single fields.</summary>
internal abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>True when every part is.</summary>
    internal sealed record All(IReadOnlyList<Expression> Parts) : Expression;

    /// <summary>True when at least one part is.</summary>
    internal sealed record Any(IReadOnlyList<Expression> Parts) : Expression;

    internal sealed record Not(Expression Part) : Expression;

    /// <summary>One field against one criterion. A test without a field is a keyword: any field's value may satisfy it.</summary>
    internal sealed record Test(string? Field, Criterion Criterion) : Expression;

    public static Expression AllOf(IReadOnlyList<Expression> parts) => parts.Count == 1 ? parts[0] : new All(parts);

    public static Expression AnyOf(IReadOnlyList<Expression> parts) => parts.Count == 1 ? parts[0] : new Any(parts);
}

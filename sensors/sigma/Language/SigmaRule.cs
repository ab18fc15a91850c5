namespace Ringwall.Sensors.Sigma.Language;

/// <summary>One rule that was read and can be evaluated.</summary>
internal sealed record SigmaRule
{
    /// <summary>The id, or the title of a rule that has no id (the specification makes ids optional).</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public string Description { get; init; } = "";

    public RuleLevel Level { get; init; } = RuleLevel.Medium;

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    public required SigmaCategory Category { get; init; }

    public required Expression Expression { get; init; }

    public required SourceLine Source { get; init; }
}

namespace Ringwall.Host.Generations.Succession;

/// <summary>The operator's choices about how generations follow one another.</summary>
internal sealed record SuccessionPolicy
{
    /// <summary>How long the generation before stays running, muted, after another was promoted.</summary>
    public TimeSpan FallbackFor { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>After so much of that time it is started anew, which shows that it still can be.</summary>
    public double ShownAfter { get; init; } = 0.1;

    /// <summary>One that passes its trial is promoted without a person's word.</summary>
    public bool PromotesByItself { get; init; } = true;

    /// <summary><see cref="Configuration.Guard.Probation"/></summary>
    public bool Tries { get; init; } = true;

    /// <summary><see cref="Configuration.Guard.Fallback"/></summary>
    public bool FallsBack { get; init; } = true;
}

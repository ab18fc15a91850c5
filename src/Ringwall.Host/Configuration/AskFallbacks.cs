namespace Ringwall.Host.Configuration;

/// <summary>What is answered when no verdict came in time, per class of ask.</summary>
internal sealed record AskFallbacks
{
    public FallbackChoice Exec { get; init; } = FallbackChoice.Open;

    public FallbackChoice Open { get; init; } = FallbackChoice.Open;
}

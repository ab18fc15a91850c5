namespace Ringwall.Trust;

/// <summary>How much of one JSON text is read. A text of a megabyte can hold half a million values, each of which costs memory.</summary>
/// <param name="Depth">Levels of nesting.</param>
/// <param name="Values">Values of every kind, the nested ones included.</param>
public sealed record MetaLimits(int Depth, int Values)
{
    public static MetaLimits Default { get; } = new(Depth: 24, Values: 400_000);
}

namespace Ringwall.Wire.Status;

/// <summary>How long something took, in microseconds.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="P50">Half of them took at most this.</param>
/// <param name="P90">Nine of ten.</param>
/// <param name="P99">99 of 100.</param>
/// <param name="Max">The longest.</param>
public sealed record LatencyFigures(long Count, double P50, double P90, double P99, double Max)
{
    public static LatencyFigures None { get; } = new(0, 0, 0, 0, 0);
}

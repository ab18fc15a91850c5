namespace Ringwall.Rollouts;

/// <summary>
/// The alternatives that the evidence is a mixture over: "exposed devices show this r times as often". Fixed before any release, equal weight each.
/// </summary>
public static class RatioGrid
{
    public const int Count = 8;

    private static readonly double[] Ratios = [1.5, 2, 4, 10, 40, 200, 2_000, 20_000];

    private static readonly double[] Logs = Array.ConvertAll(Ratios, Math.Log);

    public static ReadOnlySpan<double> Ratio => Ratios;

    public static ReadOnlySpan<double> LogRatio => Logs;
}

namespace Ringwall.Bench.Reporting;

/// <summary>What a number has to be. "Most" includes the limit, "Below" does not.</summary>
/// <param name="Name">A ratio, or "CASE.METRIC".</param>
/// <param name="Limit">The limit.</param>
/// <param name="Inclusive">The limit itself is still good.</param>
internal sealed record Bar(string Name, double Limit, bool Inclusive = true)
{
    public bool IsReached(double value) => Inclusive ? value <= Limit : value < Limit;

    public override string ToString() => (Inclusive ? "≤ " : "< ") + Limit.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

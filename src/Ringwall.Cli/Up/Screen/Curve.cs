namespace Ringwall.Cli.Up.Screen;

/// <summary>Samples as a row of bars.</summary>
internal static class Curve
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <param name="samples">Oldest first.</param>
    /// <param name="columns">How many of the latest are shown.</param>
    public static string Of(IReadOnlyCollection<double> samples, int columns)
    {
        if (columns <= 0)
        {
            return "";
        }

        double[] shown = [.. samples.TakeLast(columns)];
        double most = shown.Length == 0 ? 0 : shown.Max();
        char[] bars = new char[columns];
        Array.Fill(bars, ' ');
        for (int i = 0; i < shown.Length; i++)
        {
            bars[columns - shown.Length + i] = most <= 0 ? Bars[0] : Bars[Math.Min(Bars.Length - 1, (int)(shown[i] / most * Bars.Length))];
        }

        return new string(bars);
    }
}

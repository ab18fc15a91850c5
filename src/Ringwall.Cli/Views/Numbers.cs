using System.Globalization;

namespace Ringwall.Cli.Views;

/// <summary>Numbers as short as a person reads them.</summary>
internal static class Numbers
{
    /// <summary>Four characters at most for anything below ten million: 0, 3.2, 812, 1.2k, 45k, 3.1M.</summary>
    public static string Short(double value) => value switch
    {
        < 0 => "0",
        0 => "0",
        < 9.95 => value == Math.Floor(value) ? Format(value, "0") : Format(value, "0.0"),
        < 999.5 => Format(value, "0"),
        < 9_950 => Format(value / 1e3, "0.0") + "k",
        < 999_500 => Format(value / 1e3, "0") + "k",
        < 9_950_000 => Format(value / 1e6, "0.0") + "M",
        < 999_500_000 => Format(value / 1e6, "0") + "M",
        _ => Format(value / 1e9, "0.0") + "G",
    };

    /// <summary>A duration given in microseconds: 34 µs, 1.2 ms, 3.4 s; a dash for none.</summary>
    public static string Microseconds(double value) => value switch
    {
        <= 0 => "-",
        < 999.5 => $"{Short(value)} µs",
        < 999_500 => $"{Short(value / 1e3)} ms",
        _ => $"{Short(value / 1e6)} s",
    };

    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)age.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{(int)age.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)age.TotalHours} h",
        _ => $"{(int)age.TotalDays} d",
    };

    public static string Percent(long part, long whole) => whole <= 0 ? "-" : Format(100.0 * part / whole, "0") + " %";

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Ringwall.Sensors.Sigma.Language;

/// <summary>One spelling for each number, so that equal numbers are equal text wherever they come from.</summary>
internal static class NumberText
{
    public static bool TryParse(ReadOnlySpan<char> text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out number);

    // G29 drops trailing zeros, but turns to an exponent below 1e-5; the long form does not.
    public static string Of(decimal number) => number.ToString("0.#############################", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>A scalar. What an unquoted one means follows the core schema of YAML 1.2 (so <c>no</c> and <c>on</c> are words, <c>0x1F</c> is 31).</summary>
internal sealed partial record YamlScalar(int Line, string Text, bool Quoted) : YamlNode(Line)
{
    public override string Kind => IsNull ? "null" : "a single value";

    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>
    /// The value as events spell it: numbers without sign of plus, leading zeros or trailing fraction zeros, truth values in lower case, all else as written.
    /// </summary>
    public string Value
    {
        get
        {
            if (Quoted)
            {
                return Text;
            }

            if (Text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            {
                return Text.ToLowerInvariant();
            }

            if (Hexadecimal().IsMatch(Text) && ulong.TryParse(Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number))
            {
                return number.ToString(CultureInfo.InvariantCulture);
            }

            return Number().IsMatch(Text) && NumberText.TryParse(Text, out decimal value) ? NumberText.Of(value) : Text;
        }
    }

    [GeneratedRegex("^0x[0-9a-fA-F]{1,16}$", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

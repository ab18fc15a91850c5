using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>
/// Finds an expression anywhere in a value. An expression that runs into its time limit has not matched; one that does so again and again is given up,
/// because it would take the sensor's time from all other rules.
/// </summary>
internal sealed class RegexMatcher(Criterion.Matches criterion, GivenUpExpressions givenUp) : Matcher
{
    private const int MostTimeouts = 3;

    // A literal beyond U+FFFF would not be found in the narrow form.
    private readonly bool _asWritten = criterion.Source.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
    private int _timeouts;

    public override bool Matches(FieldText value)
    {
        if (_timeouts >= MostTimeouts)
        {
            return false;
        }

        try
        {
            return criterion.Compiled.IsMatch(_asWritten ? value.Text : value.Narrow);
        }
        catch (RegexMatchTimeoutException)
        {
            if (Interlocked.Increment(ref _timeouts) == MostTimeouts)
            {
                givenUp.Add(criterion.Source);
            }

            return false;
        }
    }
}

using System.Text.RegularExpressions;

namespace Ringwall.Sensors.Sigma.Language;

/// <summary>What a field's value is held against.</summary>
internal abstract record Criterion
{
    private Criterion()
    {
    }

    /// <summary>The whole value fits the pattern. Upper and lower case are the same unless <paramref name="Cased"/>.</summary>
    internal sealed record Text(TextPattern Pattern, bool Cased) : Criterion;

    /// <summary>The expression is found somewhere in the value. <paramref name="Source"/> is what the rule says, for messages and for tests.</summary>
    internal sealed record Matches(string Source, RegexOptions Options, Regex Compiled) : Criterion;

    /// <summary>The value is an address of the network.</summary>
    internal sealed record InNetwork(IpNetwork Network) : Criterion;

    /// <summary>The value is a number, and the comparison holds.</summary>
    internal sealed record Compares(Comparison Comparison, decimal Number) : Criterion;

    /// <summary>The event has no such field, or has it as null.</summary>
    internal sealed record IsNull : Criterion;

    /// <summary>The event has the field, whatever its value; or, when not wanted, has it not.</summary>
    internal sealed record Exists(bool Wanted) : Criterion;

    /// <summary>The value equals, begins with, ends with or contains the value of another field of the same event.</summary>
    internal sealed record SameAs(string OtherField, bool OpenStart, bool OpenEnd, bool Cased) : Criterion;
}

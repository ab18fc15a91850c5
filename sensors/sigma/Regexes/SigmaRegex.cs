using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Regexes;

/// <summary>
/// Compiles the regular expressions of rules. Rules are content, so an expression must not be able to stop the sensor: the engine without backtracking
/// takes time linear in the input; what it cannot express runs with backtracking. Both have a time limit.
/// </summary>
internal static class SigmaRegex
{
    // The limits count time on the clock, not work, and a machine can be busy with other things: they are far above what an expression in order needs.
    // The engine without backtracking builds its automaton while it first matches; that alone took 50 ms for "(.){200,}".
    private static readonly TimeSpan LinearLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan BacktrackingLimit = TimeSpan.FromSeconds(1);

    // Above this the engine without backtracking refuses an expression instead of building an automaton of any size (System.Text.RegularExpressions,
    // SymbolicRegexThresholds). It must be set before the first expression is made.
    private const int LargestAutomaton = 10_000;

    static SigmaRegex() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", LargestAutomaton);

    /// <exception cref="RuleFaultException">It is not an expression, or uses what cannot be had here.</exception>
    public static Criterion.Matches Compile(string source, RegexOptions options, int line)
    {
        string translated = PcrePattern.Translate(source, line);
        try
        {
            return new Criterion.Matches(source, options, Build(translated, options | RegexOptions.CultureInvariant));
        }
        catch (ArgumentException fault)
        {
            throw new RuleFaultException(RuleFaultReason.Value, line, $"not a regular expression: {fault.Message}");
        }
    }

    private static Regex Build(string pattern, RegexOptions options)
    {
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, LinearLimit);
        }
        catch (NotSupportedException)
        {
            // Look-around, back references, atomic groups, or an automaton that would be too large.
            return new Regex(pattern, options, BacktrackingLimit);
        }
    }
}

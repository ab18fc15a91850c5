using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>
/// Reads a condition and puts the search identifiers in. From least to most binding: or, and, not, "x of", parentheses (specification, "Condition").
/// Words of the grammar may be written in any case; names of search identifiers are exact.
/// </summary>
internal sealed class ConditionReader
{
    private const int LongestCondition = 16_384;
    private const int DeepestNesting = 100;

    /// <summary>Tests a rule may have once all is put in: naming a large search identifier many times multiplies it.</summary>
    private const int MostTests = 50_000;

    private readonly IReadOnlyDictionary<string, Expression> _searches;
    private readonly List<string> _tokens;
    private readonly int _line;
    private int _at;
    private int _tests;

    private ConditionReader(string condition, int line, IReadOnlyDictionary<string, Expression> searches)
    {
        _line = line;
        _searches = searches;
        _tokens = Split(condition);
    }

    /// <exception cref="RuleFaultException">It is not a condition, or names what is not there.</exception>
    public static Expression Read(string condition, int line, IReadOnlyDictionary<string, Expression> searches)
    {
        if (condition.Length > LongestCondition)
        {
            throw new RuleFaultException(RuleFaultReason.TooLarge, line, $"the condition is longer than {LongestCondition} characters");
        }

        if (condition.Contains('|'))
        {
            throw new RuleFaultException(
                RuleFaultReason.Unsupported, line, "the condition aggregates with '|': events are judged one by one here, and correlations are rules of another kind");
        }

        var reader = new ConditionReader(condition, line, searches);
        Expression whole = reader.ReadOr(0);
        return reader._at == reader._tokens.Count ? whole : throw reader.Fault($"'{reader._tokens[reader._at]}' was not expected");
    }

    private static List<string> Split(string condition)
    {
        var tokens = new List<string>();
        for (int i = 0; i < condition.Length;)
        {
            int start = i;
            if (condition[i] is '(' or ')')
            {
                i++;
            }
            else if (char.IsWhiteSpace(condition[i]))
            {
                i++;
                continue;
            }
            else
            {
                while (i < condition.Length && condition[i] is not ('(' or ')') && !char.IsWhiteSpace(condition[i]))
                {
                    i++;
                }
            }

            tokens.Add(condition[start..i]);
        }

        return tokens;
    }

    private Expression ReadOr(int depth)
    {
        var parts = new List<Expression> { ReadAnd(depth) };
        while (Take("or"))
        {
            parts.Add(ReadAnd(depth));
        }

        return Expression.AnyOf(parts);
    }

    private Expression ReadAnd(int depth)
    {
        var parts = new List<Expression> { ReadNot(depth) };
        while (Take("and"))
        {
            parts.Add(ReadNot(depth));
        }

        return Expression.AllOf(parts);
    }

    private Expression ReadNot(int depth)
    {
        bool negated = false;
        while (Take("not"))
        {
            negated = !negated;
        }

        Expression operand = ReadOperand(depth);
        return negated ? new Expression.Not(operand) : operand;
    }

    private Expression ReadOperand(int depth)
    {
        if (_at == _tokens.Count)
        {
            throw Fault("it ends where a search identifier was expected");
        }

        string token = _tokens[_at++];
        if (token == "(")
        {
            if (depth >= DeepestNesting)
            {
                throw new RuleFaultException(RuleFaultReason.TooLarge, _line, $"the condition is nested deeper than {DeepestNesting} levels");
            }

            Expression inner = ReadOr(depth + 1);
            return Take(")") ? inner : throw Fault("a ')' is missing");
        }

        if (_at < _tokens.Count && Is(_tokens[_at], "of"))
        {
            _at++;
            return ReadQuantified(token);
        }

        return _searches.TryGetValue(token, out Expression? search)
            ? Counted(search)
            : throw Fault(token == ")" || IsWord(token) ? $"'{token}' was not expected" : $"there is no search identifier '{token}'");
    }

    private Expression ReadQuantified(string quantifier)
    {
        bool all = Is(quantifier, "all");
        if (!all && quantifier != "1" && !Is(quantifier, "any"))
        {
            throw Fault($"'{quantifier} of' is not supported: only '1 of', 'any of' and 'all of' are");
        }

        if (_at == _tokens.Count || _tokens[_at] is "(" or ")")
        {
            throw Fault($"'{quantifier} of' must be followed by 'them' or a pattern of search identifiers");
        }

        string pattern = _tokens[_at++];
        string written = pattern;
        if (Is(pattern, "them"))
        {
            pattern = "*";
        }

        // Names that begin with an underscore are left out of 'them', and of patterns that do not ask for one.
        Expression[] chosen =
        [
            .. _searches
                .Where(search => (pattern[0] == '_' || search.Key[0] != '_') && Fits(search.Key, pattern))
                .Select(search => Counted(search.Value)),
        ];
        if (chosen.Length == 0)
        {
            throw Fault($"'{quantifier} of {written}': there is no such search identifier");
        }

        return all ? Expression.AllOf(chosen) : Expression.AnyOf(chosen);
    }

    /// <summary>In these patterns '*' is the only wildcard, and it may stand anywhere.</summary>
    private static bool Fits(string name, string pattern)
    {
        string[] pieces = pattern.Split('*');
        if (pieces.Length == 1)
        {
            return name == pattern;
        }

        int at = pieces[0].Length;
        if (!name.StartsWith(pieces[0], StringComparison.Ordinal))
        {
            return false;
        }

        foreach (string piece in pieces.AsSpan(1..^1))
        {
            int found = name.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + piece.Length;
        }

        return name.Length - at >= pieces[^1].Length && name.EndsWith(pieces[^1], StringComparison.Ordinal);
    }

    private Expression Counted(Expression search)
    {
        _tests += TestsIn(search);
        return _tests <= MostTests
            ? search
            : throw new RuleFaultException(RuleFaultReason.TooLarge, _line, $"the condition puts more than {MostTests} tests together");
    }

    private static int TestsIn(Expression expression) => expression switch
    {
        Expression.All all => all.Parts.Sum(TestsIn),
        Expression.Any any => any.Parts.Sum(TestsIn),
        Expression.Not not => TestsIn(not.Part),
        _ => 1,
    };

    private bool Take(string word)
    {
        if (_at < _tokens.Count && Is(_tokens[_at], word))
        {
            _at++;
            return true;
        }

        return false;
    }

    private static bool Is(string token, string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool IsWord(string token) => Is(token, "and") || Is(token, "or") || Is(token, "not") || Is(token, "of");

    private RuleFaultException Fault(string message) => new(RuleFaultReason.Condition, _line, $"the condition cannot be read: {message}");
}

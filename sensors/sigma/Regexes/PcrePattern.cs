using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Regexes;

/// <summary>
/// Sigma's expressions are PCRE (modifier appendix, "Regular Expression"). This rewrites what the framework would read differently, and refuses what it
/// cannot express; all else passes as it is. Without PCRE's UCP option <c>\d</c>, <c>\w</c> and <c>\s</c> are ASCII.
/// </summary>
internal sealed class PcrePattern
{
    private const string Space = @" \t\n\x0B\f\r";
    private const string HorizontalSpace = @"\t \u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000";
    private const string VerticalSpace = @"\n\x0B\f\r\u0085\u2028\u2029";
    private const string NoDigit = @"\u0000-/:-\uFFFF";
    private const string NoWord = @"\u0000-/:-@\[-\^`{-\uFFFF";
    private const string NoSpace = @"\u0000-\u0008\u000E-\u001F!-\uFFFF";

    private readonly string _source;
    private readonly int _line;
    private readonly StringBuilder _out = new();
    private int _at;

    private PcrePattern(string source, int line) => (_source, _line) = (source, line);

    /// <exception cref="RuleFaultException">The expression uses something that has no equivalent.</exception>
    public static string Translate(string source, int line)
    {
        var pattern = new PcrePattern(source, line);
        pattern.Translate();
        return pattern._out.ToString();
    }

    private bool Ended => _at >= _source.Length;

    private bool Follows(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private void Translate()
    {
        while (!Ended)
        {
            switch (_source[_at])
            {
                case '\\': TranslateEscape(); break;
                case '[': TranslateClass(); break;
                case '(' when Follows("(?#"): CopyThrough(')'); break;
                case '(' when Follows("(?"): TranslateGroup(); break;
                default: _out.Append(_source[_at++]); break;
            }
        }
    }

    private void TranslateGroup()
    {
        if (Follows("(?P<"))
        {
            _out.Append("(?<");
            _at += 4;
        }
        else if (Follows("(?P="))
        {
            int end = _source.IndexOf(')', _at);
            string name = end < 0 ? throw Unsupported("a group without end") : _source[(_at + 4)..end];
            _out.Append("\\k<").Append(name).Append('>');
            _at = end + 1;
        }
        else if (_at + 2 < _source.Length && (_source[_at + 2] is 'R' or 'P' or '&' or '+' or '|' or 'C' or (>= '0' and <= '9') || IsRelativeCall()))
        {
            throw Unsupported($"'(?{_source[_at + 2]}' (recursion, branch reset or callout)");
        }
        else
        {
            _out.Append("(?");
            _at += 2;
        }
    }

    private bool IsRelativeCall() => _source[_at + 2] == '-' && _at + 3 < _source.Length && char.IsAsciiDigit(_source[_at + 3]);

    private void TranslateEscape()
    {
        char escaped = TakeEscaped();
        switch (escaped)
        {
            case 'd': _out.Append("[0-9]"); break;
            case 'D': _out.Append("[^0-9]"); break;
            case 'w': _out.Append("[a-zA-Z0-9_]"); break;
            case 'W': _out.Append("[^a-zA-Z0-9_]"); break;
            case 's': _out.Append('[').Append(Space).Append(']'); break;
            case 'S': _out.Append("[^").Append(Space).Append(']'); break;
            case 'h': _out.Append('[').Append(HorizontalSpace).Append(']'); break;
            case 'H': _out.Append("[^").Append(HorizontalSpace).Append(']'); break;
            case 'v': _out.Append('[').Append(VerticalSpace).Append(']'); break;
            case 'V': _out.Append("[^").Append(VerticalSpace).Append(']'); break;
            case 'R': _out.Append("(?:\\r\\n|[").Append(VerticalSpace).Append("])"); break;
            case 'N': _out.Append("[^\\n]"); break;
            case 'A' or 'z' or 'Z' or 'b' or 'B' or 'G' or 'k' or (>= '0' and <= '9'): _out.Append('\\').Append(escaped); break;
            case 'Q': TranslateQuoted(); break;
            case 'E': break;
            default: TranslateCharacter(escaped); break;
        }
    }

    /// <summary>Escapes that mean the same inside and outside of a class.</summary>
    private void TranslateCharacter(char escaped)
    {
        switch (escaped)
        {
            case 'x' when Follows("{"):
                TranslateCodePoint();
                break;
            case 'p' or 'P' when !Ended && char.IsAsciiLetterUpper(_source[_at]):
                _out.Append('\\').Append(escaped).Append('{').Append(_source[_at++]).Append('}');
                break;
            case 'a' or 'c' or 'e' or 'f' or 'n' or 'r' or 't' or 'x' or 'u' or 'p' or 'P':
                _out.Append('\\').Append(escaped);
                break;
            case >= 'a' and <= 'z' or >= 'A' and <= 'Z':
                throw Unsupported($"the escape '\\{escaped}'");
            case '_' or > '\x7F':
                _out.Append(escaped);
                break;
            default:
                _out.Append('\\').Append(escaped);
                break;
        }
    }

    private void TranslateClass()
    {
        _out.Append('[');
        _at++;
        if (Follows("^"))
        {
            _out.Append('^');
            _at++;
        }

        // The first character of a class is one of its members even if it is the bracket that would end it.
        for (bool first = true; ; first = false)
        {
            if (Ended)
            {
                throw Unsupported("a class without end");
            }

            char c = _source[_at];
            if (c == ']' && !first)
            {
                _out.Append(c);
                _at++;
                return;
            }

            if (c == '\\')
            {
                TranslateClassEscape();
            }
            else if (c == '[' && (Follows("[:") || Follows("[.") || Follows("[=")))
            {
                TranslateNamedClass();
            }
            else
            {
                // Unescaped, '-[' would be the framework's own subtraction of classes.
                _out.Append(c is '[' or ']' ? "\\" : "").Append(c);
                _at++;
            }
        }
    }

    private void TranslateClassEscape()
    {
        char escaped = TakeEscaped();
        string? members = escaped switch
        {
            'd' => "0-9",
            'D' => NoDigit,
            'w' => "a-zA-Z0-9_",
            'W' => NoWord,
            's' => Space,
            'S' => NoSpace,
            'h' => HorizontalSpace,
            'v' => VerticalSpace,
            _ => null,
        };

        if (members is not null)
        {
            AppendMembers(members);
        }
        else if (escaped is 'b' or (>= '0' and <= '9'))
        {
            _out.Append('\\').Append(escaped);
        }
        else
        {
            TranslateCharacter(escaped);
        }
    }

    private void TranslateNamedClass()
    {
        int end = _source.IndexOf(":]", _at + 2, StringComparison.Ordinal);
        string name = Follows("[:") && end > 0 ? _source[(_at + 2)..end] : "";
        AppendMembers(name switch
        {
            "alpha" => "a-zA-Z",
            "digit" => "0-9",
            "alnum" => "a-zA-Z0-9",
            "upper" => "A-Z",
            "lower" => "a-z",
            "space" => Space,
            "blank" => @" \t",
            "punct" => @"!-/:-@\[-`{-~",
            "xdigit" => "0-9a-fA-F",
            "word" => "a-zA-Z0-9_",
            "cntrl" => @"\u0000-\u001F\u007F",
            "print" => " -~",
            "graph" => "!-~",
            "ascii" => @"\u0000-\u007F",
            _ => throw Unsupported($"the named class at '{_source[_at..Math.Min(_source.Length, _at + 12)]}'"),
        });
        _at = end + 2;
        EscapeHyphen();
    }

    private void AppendMembers(string members)
    {
        _out.Append(members);
        EscapeHyphen();
    }

    /// <summary>A hyphen behind a set of characters stands for itself; behind the last of them written out it would begin a range.</summary>
    private void EscapeHyphen()
    {
        if (Follows("-"))
        {
            _out.Append("\\-");
            _at++;
        }
    }

    private void TranslateQuoted()
    {
        int end = _source.IndexOf("\\E", _at, StringComparison.Ordinal);
        string quoted = end < 0 ? _source[_at..] : _source[_at..end];
        _out.Append(Regex.Escape(quoted));
        _at = end < 0 ? _source.Length : end + 2;
    }

    private void TranslateCodePoint()
    {
        int end = _source.IndexOf('}', _at);
        if (end < 0
            || !int.TryParse(_source.AsSpan(_at + 1, end - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value > 0xFFFF)
        {
            throw Unsupported("a '\\x{…}' that is not a code point below 10000");
        }

        _out.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}");
        _at = end + 1;
    }

    private char TakeEscaped()
    {
        if (_at + 1 >= _source.Length)
        {
            throw Unsupported("a backslash at the end");
        }

        char escaped = _source[_at + 1];
        _at += 2;
        return escaped;
    }

    private void CopyThrough(char last)
    {
        int end = _source.IndexOf(last, _at);
        end = end < 0 ? _source.Length : end + 1;
        _out.Append(_source, _at, end - _at);
        _at = end;
    }

    private RuleFaultException Unsupported(string what) =>
        new(RuleFaultReason.Value, _line, $"the regular expression '{_source}' has {what}, which cannot be used here");
}

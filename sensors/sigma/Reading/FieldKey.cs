using System.Text.RegularExpressions;
using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>
/// A key of a search identifier taken apart: <c>Field|modifier|modifier</c>. Modifiers and their order follow the specification's modifier appendix; a
/// combination that means nothing is refused, because a rule that is silently weaker than its author believes is worse than none.
/// </summary>
internal sealed class FieldKey
{
    private readonly int _line;
    private TestKind _kind;
    private string _kindName = "";
    private string? _textModifier;
    private bool _anchored;

    private FieldKey(string? field, int line)
    {
        Field = field;
        _line = line;
    }

    /// <summary>Null for a keyword: a value that may stand in any field.</summary>
    public string? Field { get; }

    public TestKind Kind => _kind;

    /// <summary>All values are required, instead of one of them.</summary>
    public bool All { get; private set; }

    public bool Negated { get; private set; }

    public bool Cased { get; private set; }

    public bool Windash { get; private set; }

    public bool OpenStart { get; private set; }

    public bool OpenEnd { get; private set; }

    public Comparison Comparison { get; private set; }

    public RegexOptions RegexOptions { get; private set; }

    public List<TextEncoding> Encodings { get; } = [];

    /// <exception cref="RuleFaultException">A modifier is unknown, unsupported, or in a place where it means nothing.</exception>
    public static FieldKey Parse(string key, int line)
    {
        string[] parts = key.Split('|');
        var parsed = new FieldKey(parts[0].Length == 0 ? null : parts[0], line);
        foreach (string modifier in parts.AsSpan(1))
        {
            parsed.Apply(modifier);
        }

        parsed.Finish();
        return parsed;
    }

    /// <summary>A value that stands without a key.</summary>
    public static FieldKey Keyword(int line) => Parse("", line);

    private void Apply(string modifier)
    {
        switch (modifier)
        {
            case "all": All = true; break;
            case "neq": Negated = true; break;
            case "contains": Anchor(modifier, openStart: true, openEnd: true); break;
            case "startswith": Anchor(modifier, openStart: false, openEnd: true); break;
            case "endswith": Anchor(modifier, openStart: true, openEnd: false); break;
            case "cased": Cased = true; break;
            case "windash" when Encodings.Count > 0: throw Fault("'windash' must come before an encoding");
            case "windash": Windash = true; _textModifier = modifier; break;
            case "wide" or "utf16le": Encode(modifier, TextEncoding.Utf16LittleEndian); break;
            case "utf16be": Encode(modifier, TextEncoding.Utf16BigEndian); break;
            case "utf16": Encode(modifier, TextEncoding.Utf16WithMark); break;
            case "base64": Encode(modifier, TextEncoding.Base64); break;
            case "base64offset": Encode(modifier, TextEncoding.Base64Offset); break;
            case "re": Become(TestKind.Regex, modifier); break;
            case "i" or "ignorecase": Flag(modifier, RegexOptions.IgnoreCase); break;
            case "m" or "multiline": Flag(modifier, RegexOptions.Multiline); break;
            case "s" or "dotall": Flag(modifier, RegexOptions.Singleline); break;
            case "cidr": Become(TestKind.Network, modifier); break;
            case "exists": Become(TestKind.Existence, modifier); break;
            case "fieldref": Become(TestKind.FieldReference, modifier); break;
            case "lt": Compare(modifier, Comparison.Less); break;
            case "lte": Compare(modifier, Comparison.LessOrEqual); break;
            case "gt": Compare(modifier, Comparison.Greater); break;
            case "gte": Compare(modifier, Comparison.GreaterOrEqual); break;
            case "expand":
                throw Unsupported("'expand' needs values for placeholders, and there are none here");
            case "minute" or "hour" or "day" or "week" or "month" or "year":
                throw Unsupported($"'{modifier}' takes a part of a time, and no event here has a field with one");
            default:
                throw Fault(modifier.Length == 0 ? "a modifier is missing after '|'" : $"unknown modifier '{modifier}'");
        }
    }

    private void Finish()
    {
        bool takesText = _kind is TestKind.Text || (_kind is TestKind.FieldReference && _textModifier is null or "contains" or "startswith" or "endswith");
        if (_textModifier is not null && !takesText)
        {
            throw Fault($"'{_textModifier}' and '{_kindName}' cannot be combined");
        }

        if (Cased && _kind is not (TestKind.Text or TestKind.FieldReference))
        {
            throw Fault($"'cased' and '{_kindName}' cannot be combined");
        }

        if (Field is null)
        {
            if (_kind is TestKind.Existence or TestKind.Comparison or TestKind.FieldReference)
            {
                throw Fault($"'{_kindName}' needs a field");
            }

            // A keyword is looked for anywhere in the event, so also anywhere in a value.
            if (!_anchored)
            {
                OpenStart = OpenEnd = true;
            }
        }
    }

    private void Anchor(string modifier, bool openStart, bool openEnd)
    {
        OpenStart |= openStart;
        OpenEnd |= openEnd;
        _anchored = true;
        _textModifier ??= modifier;
    }

    private void Encode(string modifier, TextEncoding encoding)
    {
        if (_anchored)
        {
            throw Fault($"'{modifier}' must come before 'contains', 'startswith' and 'endswith': wildcards cannot be encoded");
        }

        Encodings.Add(encoding);
        _textModifier = modifier;
    }

    private void Flag(string modifier, RegexOptions option)
    {
        if (_kind is not TestKind.Regex)
        {
            throw Fault($"'{modifier}' must follow 're'");
        }

        RegexOptions |= option;
    }

    private void Compare(string modifier, Comparison comparison)
    {
        Become(TestKind.Comparison, modifier);
        Comparison = comparison;
    }

    private void Become(TestKind kind, string modifier)
    {
        if (_kind is not TestKind.Text)
        {
            throw Fault($"'{_kindName}' and '{modifier}' cannot be combined");
        }

        _kind = kind;
        _kindName = modifier;
    }

    private RuleFaultException Fault(string message) => new(RuleFaultReason.Modifier, _line, message);

    private RuleFaultException Unsupported(string message) => new(RuleFaultReason.Unsupported, _line, $"the modifier {message}");
}

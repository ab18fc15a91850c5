using System.Buffers;
using System.Text;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>
/// The value of one field of one event, as text. Buffers are kept from event to event, and the forms that matching needs are made when first asked for.
/// Threads: one at a time.
/// </summary>
internal sealed class FieldText
{
    /// <summary>Stands for every field that an event does not have.</summary>
    public static readonly FieldText Missing = new();

    private static readonly SearchValues<char> Surrogates = SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    private char[] _text = [];
    private char[] _folded = [];
    private char[] _narrow = [];
    private int _length;
    private int _narrowLength;
    private bool _isFolded;
    private bool _isNarrow;

    public FieldState State { get; private set; }

    public bool HasText => State == FieldState.Text;

    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>The text in the form in which texts that differ in case alone are equal. As long as <see cref="Text"/>.</summary>
    public ReadOnlySpan<char> Folded
    {
        get
        {
            if (!_isFolded)
            {
                Grow(ref _folded, _length);
                CaseFolding.Fold(Text, _folded);
                _isFolded = true;
            }

            return _folded.AsSpan(0, _length);
        }
    }

    /// <summary>
    /// The text with each character beyond U+FFFF as one char, so that the framework's expressions, which count chars, count characters. Which character
    /// it was is lost.
    /// </summary>
    public ReadOnlySpan<char> Narrow
    {
        get
        {
            if (!_isNarrow)
            {
                MakeNarrow();
            }

            return _narrowLength < 0 ? Text : _narrow.AsSpan(0, _narrowLength);
        }
    }

    public void SetAbsent() => Reset(FieldState.Absent);

    public void SetNull() => Reset(FieldState.Null);

    /// <summary>Makes this an empty text, to be appended to.</summary>
    public void SetText() => Reset(FieldState.Text);

    public void SetText(ReadOnlySpan<char> text)
    {
        SetText();
        Append(text);
    }

    public void SetUtf8(ReadOnlySpan<byte> text)
    {
        SetText();
        AppendUtf8(text);
    }

    public void Append(ReadOnlySpan<char> text)
    {
        Grow(ref _text, _length + text.Length);
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    public void Append(char c) => Append(new ReadOnlySpan<char>(in c));

    /// <summary>Appends text that should be UTF-8; what is not becomes U+FFFD.</summary>
    public void AppendUtf8(ReadOnlySpan<byte> text)
    {
        Grow(ref _text, _length + text.Length);
        _length += Encoding.UTF8.GetChars(text, _text.AsSpan(_length));
    }

    public void AppendNumber(ulong number)
    {
        Grow(ref _text, _length + 20);
        number.TryFormat(_text.AsSpan(_length), out int written);
        _length += written;
    }

    private void Reset(FieldState state)
    {
        State = state;
        _length = 0;
        _isFolded = _isNarrow = false;
    }

    private void MakeNarrow()
    {
        _isNarrow = true;
        _narrowLength = -1;
        if (!Text.ContainsAny(Surrogates))
        {
            return;
        }

        Grow(ref _narrow, _length);
        _narrowLength = 0;
        for (int i = 0; i < _length; i++)
        {
            bool pair = char.IsHighSurrogate(_text[i]) && i + 1 < _length && char.IsLowSurrogate(_text[i + 1]);
            _narrow[_narrowLength++] = pair ? '\uE000' : _text[i];
            i += pair ? 1 : 0;
        }
    }

    private static void Grow(ref char[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Array.Resize(ref buffer, Math.Max(length, Math.Max(64, buffer.Length * 2)));
        }
    }
}

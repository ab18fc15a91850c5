namespace Ringwall.Trust;

/// <summary>
/// A pattern of paths (specification 4.5): '*' is any number of characters, '?' is one, neither is a slash; case matters. Brackets and backslashes mean different
/// things to different readers, so a pattern that has one is refused: skipping it would hand its paths to the next role in order.
/// </summary>
public sealed class PathPattern
{
    private readonly string _text;

    /// <exception cref="UpdateRejectedException">Malformed.</exception>
    public PathPattern(string text)
    {
        if (text.Length is 0 or > TargetFile.LongestPath || text.AsSpan().IndexOfAny('[', ']', '\\') >= 0)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"'{text}' is no pattern of paths: only * and ? are wildcards");
        }

        _text = text;
    }

    /// <summary>Goes back to the latest star alone, so that no pattern takes longer than its length times the path's.</summary>
    public bool Matches(string path)
    {
        int p = 0;
        int t = 0;
        int afterStar = -1;
        int starAt = -1;
        while (t < path.Length)
        {
            if (p < _text.Length && _text[p] == '*')
            {
                afterStar = ++p;
                starAt = t;
            }
            else if (p < _text.Length && (_text[p] == path[t] || (_text[p] == '?' && path[t] != '/')))
            {
                p++;
                t++;
            }
            else if (afterStar >= 0 && path[starAt] != '/')
            {
                p = afterStar;
                t = ++starAt;
            }
            else
            {
                return false;
            }
        }

        return _text.AsSpan(p).IndexOfAnyExcept('*') < 0;
    }

    public override string ToString() => _text;
}

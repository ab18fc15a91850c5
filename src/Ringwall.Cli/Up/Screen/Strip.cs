using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ringwall.Cli.Up.Screen;

/// <summary>One line of exactly so many columns: what does not fit is cut, what is missing is blank. Nothing ever wraps.</summary>
internal sealed class Strip(int width)
{
    private readonly List<Segment> _segments = [];

    /// <summary>Columns.</summary>
    public int Width { get; } = Math.Max(0, width);

    /// <summary>Columns that are still free.</summary>
    public int Left { get; private set; } = Math.Max(0, width);

    /// <summary>Adds as much of the text as fits; an ellipsis stands where it was cut.</summary>
    public Strip Add(string text, Style? style = null)
    {
        string fitting = Fit(text, Left);
        if (fitting.Length > 0)
        {
            Segment segment = new(fitting, style ?? Style.Plain);
            _segments.Add(segment);
            Left -= segment.CellCount();
        }

        return this;
    }

    /// <summary>Adds a cell of exactly so many columns, the last of which stays blank.</summary>
    public Strip Cell(string text, int columns, Style? style = null)
    {
        string fitting = Fit(text, Math.Min(columns - 1, Left));
        return Add(fitting, style).Blank(Math.Min(Left, columns - Cells(fitting)));
    }

    /// <summary>Adds a cell of exactly so many columns, written at its right end.</summary>
    public Strip CellRight(string text, int columns, Style? style = null)
    {
        string fitting = Fit(text, Math.Min(columns - 1, Left));
        return Blank(Math.Min(Left, columns - Cells(fitting))).Add(fitting, style);
    }

    /// <summary>Adds a text that ends at the line's right end, when there is room for it.</summary>
    public Strip AtEnd(string text, Style? style = null)
    {
        int cells = Cells(text);
        return cells + 1 > Left ? this : Blank(Left - cells).Add(text, style);
    }

    public Strip Blank(int columns) => columns <= 0 ? this : Add(new string(' ', Math.Min(columns, Left)));

    /// <summary>Adds another strip whole.</summary>
    public Strip Add(Strip other)
    {
        foreach (Segment segment in other.Segments())
        {
            Add(segment.Text, segment.Style);
        }

        return this;
    }

    /// <summary>The line, filled with blanks.</summary>
    public IEnumerable<Segment> Segments() => Left == 0 ? _segments : _segments.Append(new Segment(new string(' ', Left)));

    private static int Cells(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();

    private static string Fit(string text, int columns)
    {
        if (columns <= 0)
        {
            return "";
        }

        if (Cells(text) <= columns)
        {
            return text;
        }

        int end = text.Length;
        while (end > 0 && Cells(text[..end]) > columns - 1)
        {
            end--;
            end -= end > 0 && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
        }

        return text[..end] + "…";
    }
}

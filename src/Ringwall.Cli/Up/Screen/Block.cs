using Spectre.Console;

namespace Ringwall.Cli.Up.Screen;

/// <summary>Lines of one width, one below the other.</summary>
internal sealed class Block(int width)
{
    private readonly List<Strip> _lines = [];

    public int Width { get; } = width;

    public IReadOnlyList<Strip> Lines => _lines;

    /// <summary>A new line at the end.</summary>
    public Strip Line()
    {
        Strip line = new(Width);
        _lines.Add(line);
        return line;
    }

    public Block Add(Block below)
    {
        foreach (Strip line in below.Lines)
        {
            Line().Add(line);
        }

        return this;
    }

    /// <summary>A frame with a title around a content that is four columns narrower.</summary>
    public static Block Framed(string title, Block content, Style frame, Style titleStyle)
    {
        Block framed = new(content.Width + 4);
        Strip top = framed.Line().Add("╭─ ", frame).Add(title, titleStyle).Add(" ", frame);
        top.Add(new string('─', Math.Max(0, top.Left - 1)), frame).Add("╮", frame);
        foreach (Strip line in content.Lines)
        {
            framed.Line().Add("│ ", frame).Add(line).Add(" │", frame);
        }

        framed.Line().Add("╰" + new string('─', Math.Max(0, framed.Width - 2)) + "╯", frame);
        return framed;
    }

    /// <summary>Two blocks beside each other; the shorter one is filled with blanks.</summary>
    public static Block Beside(Block left, Block right)
    {
        Block both = new(left.Width + right.Width);
        for (int i = 0; i < Math.Max(left.Lines.Count, right.Lines.Count); i++)
        {
            Strip line = both.Line();
            line.Add(i < left.Lines.Count ? left.Lines[i] : new Strip(left.Width)).Add(i < right.Lines.Count ? right.Lines[i] : new Strip(right.Width));
        }

        return both;
    }
}

using Spectre.Console;

namespace Ringwall.Cli.Views;

/// <summary>
/// A table without lines: columns as wide as their widest cell, two blanks between, or one where room is short. The first columns are words, written from the left; the
/// rest are numbers.
/// </summary>
internal sealed class Sheet(int words, params string[] titles)
{
    private readonly List<Cell[]> _rows = [[.. titles.Select(title => new Cell(title, Palette.Quiet))]];

    /// <summary>One cell for each column: a text, or a text and its colour.</summary>
    public Sheet Row(params Cell[] cells)
    {
        if (cells.Length != titles.Length)
        {
            throw new ArgumentException($"{cells.Length} cells for {titles.Length} columns", nameof(cells));
        }

        _rows.Add(cells);
        return this;
    }

    public void Write(IAnsiConsole console)
    {
        int[] widths = [.. titles.Select((_, column) => _rows.Max(row => row[column].Text.Length))];
        string gap = widths.Sum() + (2 * (widths.Length - 1)) <= console.Profile.Width ? "  " : " ";
        foreach (Cell[] row in _rows)
        {
            console.MarkupLine(string.Join(gap, row.Select((cell, column) => Padded(cell, column, widths[column]))).TrimEnd());
        }
    }

    private string Padded(Cell cell, int column, int width)
    {
        string blanks = new(' ', width - cell.Text.Length);
        string marked = cell.Colour is null ? Markup.Escape(cell.Text) : $"[{cell.Colour}]{Markup.Escape(cell.Text)}[/]";
        return column < words ? marked + blanks : blanks + marked;
    }

    /// <param name="Text">As it is; it is no markup.</param>
    /// <param name="Colour">A name of Spectre's, or null for the usual one.</param>
    internal readonly record struct Cell(string Text, string? Colour = null)
    {
        public static implicit operator Cell(string text) => new(text);

        /// <summary>A count that should be zero.</summary>
        public static Cell Alarm(long count, string colour = Palette.Warning) => count == 0 ? new Cell("0") : new Cell(Numbers.Short(count), colour);
    }
}

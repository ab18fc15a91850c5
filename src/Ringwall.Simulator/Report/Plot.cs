using System.Globalization;
using System.Text;

namespace Ringwall.Simulator;

/// <summary>A line plot as inline SVG: nothing to load, nothing to run.</summary>
internal sealed class Plot(string title, string xLabel, string yLabel, bool logX = false, bool logY = false)
{
    private const int Width = 760;
    private const int Height = 300;
    private const int Left = 74;
    private const int Right = 190;
    private const int Top = 34;
    private const int Bottom = 44;

    public static string[] Colours { get; } = ["#6b7280", "#b45309", "#7c3aed", "#be185d", "#0369a1", "#047857"];

    private readonly List<(string Name, string Colour, (double X, double Y)[] Points, bool Dots)> _lines = [];
    private readonly List<(double Y, string Words)> _marks = [];

    public void Line(string name, string colour, IEnumerable<(double X, double Y)> points, bool dots = false)
    {
        (double X, double Y)[] finite = [.. points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y) && (!logX || p.X > 0))];
        if (logY)
        {
            finite = [.. finite.Select(p => (p.X, Math.Max(p.Y, 0.5)))];
        }

        _lines.Add((name, colour, finite, dots));
    }

    public void Mark(double y, string words) => _marks.Add((y, words));

    public string Svg()
    {
        (double X, double Y)[] all = [.. _lines.SelectMany(line => line.Points)];
        if (all.Length == 0)
        {
            return "";
        }

        (double x0, double x1) = Range(all.Select(p => p.X), logX);
        (double y0, double y1) = Range(all.Select(p => p.Y).Concat(_marks.Select(mark => mark.Y)), logY);
        y0 = logY ? y0 : 0;
        y1 = logY ? y1 : y1 * 1.08;
        double X(double x) => Left + (Width - Left - Right) * Share(x, x0, x1, logX);
        double Y(double y) => Height - Bottom - (Height - Top - Bottom) * Share(y, y0, y1, logY);

        var svg = new StringBuilder();
        svg.Append(Text($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escape(title)}\"><text class=\"t\" x=\"{Left}\" y=\"18\">{Escape(title)}</text>"));
        foreach (double tick in Ticks(y0, y1, logY))
        {
            svg.Append(Text($"<line class=\"g\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.0}\" y2=\"{Y(tick):0.0}\"/><text class=\"a\" text-anchor=\"end\" x=\"{Left - 7}\" y=\"{Y(tick) + 4:0.0}\">{Short(tick)}</text>"));
        }

        foreach (double tick in Ticks(x0, x1, logX))
        {
            svg.Append(Text($"<text class=\"a\" text-anchor=\"middle\" x=\"{X(tick):0.0}\" y=\"{Height - Bottom + 17}\">{Short(tick)}</text>"));
        }

        svg.Append(Text($"<text class=\"a\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\">{Escape(xLabel)}</text>"));
        svg.Append(Text($"<text class=\"a\" transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Escape(yLabel)}</text>"));
        foreach ((double y, string words) in _marks)
        {
            svg.Append(Text($"<line class=\"m\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):0.0}\" y2=\"{Y(y):0.0}\"/><text class=\"a m\" x=\"{Left + 6}\" y=\"{Y(y) - 5:0.0}\">{Escape(words)}</text>"));
        }

        AppendLines(svg, X, Y);
        return svg.Append("</svg>").ToString();
    }

    private void AppendLines(StringBuilder svg, Func<double, double> x, Func<double, double> y)
    {
        // Names stand at the ends of their lines, pushed apart where they would touch.
        var names = new List<(double Y, string Name, string Colour)>();
        foreach ((string name, string colour, (double X, double Y)[] points, bool dots) in _lines)
        {
            if (points.Length == 0)
            {
                continue;
            }

            if (dots)
            {
                foreach ((double px, double py) in points)
                {
                    svg.Append(Text($"<circle cx=\"{x(px):0.0}\" cy=\"{y(py):0.0}\" r=\"3\" fill=\"{colour}\" fill-opacity=\"0.7\"/>"));
                }
            }
            else
            {
                string path = string.Join(" ", points.Select(p => Text($"{x(p.X):0.0},{y(p.Y):0.0}")));
                svg.Append(Text($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"{(name == "Ringwall" ? 3 : 1.8)}\" stroke-linejoin=\"round\" points=\"{path}\"/>"));
            }

            names.Add((y(points[^1].Y) + 4, name, colour));
        }

        names.Sort((a, b) => a.Y.CompareTo(b.Y));
        double last = -100;
        foreach ((double at, string name, string colour) in names)
        {
            last = Math.Max(at, last + 14);
            svg.Append(Text($"<text class=\"n\" x=\"{Width - Right + 8}\" y=\"{last:0.0}\" fill=\"{colour}\">{Escape(name)}</text>"));
        }
    }

    private static (double From, double To) Range(IEnumerable<double> values, bool log)
    {
        double from = values.Min();
        double to = values.Max();
        if (log)
        {
            from = Math.Pow(10, Math.Floor(Math.Log10(from)));
            to = Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(to, from * 1.01))));
        }

        return (from, to <= from ? from + 1 : to);
    }

    private static double Share(double value, double from, double to, bool log) =>
        log ? Math.Log(value / from) / Math.Log(to / from) : (value - from) / (to - from);

    private static IEnumerable<double> Ticks(double from, double to, bool log)
    {
        if (log)
        {
            int step = Math.Max(1, (int)Math.Ceiling(Math.Log10(to / from) / 7));
            for (int power = (int)Math.Round(Math.Log10(from)); power <= Math.Round(Math.Log10(to)); power += step)
            {
                yield return Math.Pow(10, power);
            }

            yield break;
        }

        double rough = (to - from) / 6;
        double size = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double unit = rough / size < 1.5 ? size : rough / size < 3.5 ? 2 * size : rough / size < 7.5 ? 5 * size : 10 * size;
        for (double tick = Math.Ceiling(from / unit) * unit; tick <= to * 1.0001; tick += unit)
        {
            yield return tick;
        }
    }

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e15 => value.ToString("0e0", CultureInfo.InvariantCulture),
        >= 1e9 => (value / 1e9).ToString("0.#", CultureInfo.InvariantCulture) + "G",
        >= 1e6 => (value / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    internal static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");
}

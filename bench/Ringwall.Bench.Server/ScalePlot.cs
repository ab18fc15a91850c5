using System.Globalization;
using System.Text;

namespace Ringwall.Bench.Server;

/// <summary>How cost grows with the fleet, as one SVG of three panels that reads on light and on dark ground.</summary>
internal static class ScalePlot
{
    private const int Width = 900;
    private const int Height = 300;
    private const int Panel = 300;
    private const int Left = 58;
    private const int Right = 18;
    private const int Top = 44;
    private const int Bottom = 52;

    public static string Svg(IReadOnlyList<ScalePoint> points)
    {
        var svg = new StringBuilder();
        svg.Append(Text($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" aria-label="Evidence time, memory and report rate of the server, from {points[0].Devices:N0} to {points[^1].Devices:N0} devices" font-family="system-ui, sans-serif" font-size="12">
            <style>text{"{"}fill:#57606a{"}"} .t{"{"}font-weight:600{"}"} .g{"{"}stroke:#8b949e;stroke-opacity:.3{"}"} .l{"{"}fill:none;stroke:#0969da;stroke-width:2.5{"}"} circle{"{"}fill:#0969da{"}"}
            @media (prefers-color-scheme: dark) {"{"} text{"{"}fill:#9da7b3{"}"} .l{"{"}stroke:#58a6ff{"}"} circle{"{"}fill:#58a6ff{"}"} {"}"}</style>

            """));
        Draw(svg, 0, "evidence for one decision, ms", points, point => point.EvidenceMilliseconds);
        Draw(svg, 1, "memory of the server, MiB", points, point => point.MemoryMiB);
        Draw(svg, 2, "durable reports a second (SQLite)", points, point => point.ReportsPerSecond);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Draw(StringBuilder svg, int panel, string title, IReadOnlyList<ScalePoint> points, Func<ScalePoint, double> of)
    {
        double x0 = panel * Panel + Left;
        double x1 = (panel + 1) * Panel - Right;
        double most = Nice(points.Max(of) * 1.05);
        double first = Math.Log(points[0].Devices);
        double last = Math.Log(points[^1].Devices);
        double X(ScalePoint point) => x0 + ((x1 - x0) * (Math.Log(point.Devices) - first) / Math.Max(1e-9, last - first));
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * value / most);
        svg.Append(Text($"<text class=\"t\" x=\"{x0}\" y=\"22\">{title}</text>\n"));
        for (int i = 0; i <= 4; i++)
        {
            double value = most * i / 4;
            svg.Append(Text($"<line class=\"g\" x1=\"{x0:0}\" x2=\"{x1:0}\" y1=\"{Y(value):0.0}\" y2=\"{Y(value):0.0}\"/><text x=\"{x0 - 6:0}\" y=\"{Y(value) + 4:0.0}\" text-anchor=\"end\">{Short(value)}</text>\n"));
        }

        foreach (ScalePoint point in points)
        {
            svg.Append(Text($"<circle cx=\"{X(point):0.0}\" cy=\"{Y(of(point)):0.0}\" r=\"3.5\"><title>{point.Devices:N0} devices: {of(point):N1}</title></circle><text x=\"{X(point):0.0}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Short(point.Devices)}</text>\n"));
        }

        svg.Append(Text($"<polyline class=\"l\" points=\"{string.Join(' ', points.Select(point => Text($"{X(point):0.0},{Y(of(point)):0.0}")))}\"/>\n"));
        svg.Append(Text($"<text x=\"{(x0 + x1) / 2:0}\" y=\"{Height - 12}\" text-anchor=\"middle\">devices</text>\n"));
    }

    private static double Nice(double value)
    {
        double size = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1e-9))));
        return size * new[] { 1, 2, 4, 6, 8, 10 }.First(step => size * step >= value);
    }

    private static string Short(double value) => value switch
    {
        >= 1e6 => (value / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 1e3 => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.#", CultureInfo.InvariantCulture),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

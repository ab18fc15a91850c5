using System.Globalization;
using System.Net;
using System.Text;

namespace Ringwall.Museum.Pages;

/// <summary>Writes the few SVG elements that the pictures need.</summary>
internal sealed class Svg
{
    /// <summary>For a picture that stands alone; a page has its own.</summary>
    public const string Style = """
        <style>svg { background: #fff } text { font: 11px system-ui, sans-serif; fill: #1c2430 } .small { font-size: 9px; fill: #5c6878 } .tiny { font-size: 9px }
        .good { fill: #2f7d4f } .bad { fill: #c0392b } .gap, .fallback { fill: #e39a2d } .sensors { fill: #5b7db1 } .running { fill: #2f7d4f; opacity: .45 } .trial { fill: #5b7db1; opacity: .35 }
        .waiting { fill: #e39a2d; opacity: .6 } .away { fill: #d8dee6 } .rule { stroke: #5c6878; stroke-width: .6 } .grid { stroke: #d8dee6; stroke-width: .5 }
        .deadline { stroke: #e39a2d; stroke-width: .7; stroke-dasharray: 3 3 } .fault { stroke: #c0392b } .moment { stroke: #1c2430; stroke-width: .7; stroke-dasharray: 2 2 }</style>
        """;

    private readonly StringBuilder _text = new();
    private readonly HashSet<(int, int, string)> _dots = [];

    public void Rectangle(double x, double y, double width, double height, string kind, string? title = null) =>
        Element($"<rect x='{x:0.#}' y='{y:0.#}' width='{Math.Max(width, 0.6):0.##}' height='{height:0.#}' class='{kind}'", "rect", title);

    /// <summary>One of those that would lie on one another.</summary>
    public void Dot(double x, double y, string kind, string? title = null)
    {
        if (_dots.Add(((int)x, (int)y, kind)))
        {
            Element($"<circle cx='{x:0.#}' cy='{y:0.#}' r='1.6' class='{kind}'", "circle", title);
        }
    }

    public void Line(double x1, double y1, double x2, double y2, string kind) =>
        Element($"<line x1='{x1:0.#}' y1='{y1:0.#}' x2='{x2:0.#}' y2='{y2:0.#}' class='{kind}'", "line", null);

    public void Words(double x, double y, string kind, string words) =>
        _text.Append(CultureInfo.InvariantCulture, $"<text x='{x:0.#}' y='{y:0.#}' class='{kind}'>{WebUtility.HtmlEncode(words)}</text>\n");

    public string Close(double width, double height, bool alone) =>
        string.Create(CultureInfo.InvariantCulture, $"<svg viewBox='0 0 {width:0} {height:0}' role='img' xmlns='http://www.w3.org/2000/svg'>\n{(alone ? Style : "")}{_text}</svg>\n");

    private void Element(FormattableString head, string name, string? title)
    {
        _text.Append(head.ToString(CultureInfo.InvariantCulture));
        _text.Append(title is null ? "/>\n" : $"><title>{WebUtility.HtmlEncode(title)}</title></{name}>\n");
    }
}

using System.Globalization;
using System.Net;
using System.Text;

namespace Ringwall.Museum.Pages;

/// <summary>Writes the few SVG elements that the pictures need.</summary>
internal sealed class Svg
{
    private readonly StringBuilder _text = new();

    public void Rectangle(double x, double y, double width, double height, string kind, string? title = null) =>
        Element($"<rect x='{x:0.#}' y='{y:0.#}' width='{Math.Max(width, 0.6):0.##}' height='{height:0.#}' class='{kind}'", "rect", title);

    public void Dot(double x, double y, string kind, string? title = null) => Element($"<circle cx='{x:0.#}' cy='{y:0.#}' r='1.6' class='{kind}'", "circle", title);

    public void Line(double x1, double y1, double x2, double y2, string kind) =>
        Element($"<line x1='{x1:0.#}' y1='{y1:0.#}' x2='{x2:0.#}' y2='{y2:0.#}' class='{kind}'", "line", null);

    public void Words(double x, double y, string kind, string words) =>
        _text.Append(CultureInfo.InvariantCulture, $"<text x='{x:0.#}' y='{y:0.#}' class='{kind}'>{WebUtility.HtmlEncode(words)}</text>\n");

    public string Close(double width, double height) =>
        string.Create(CultureInfo.InvariantCulture, $"<svg viewBox='0 0 {width:0} {height:0}' role='img' xmlns='http://www.w3.org/2000/svg'>\n{_text}</svg>");

    private void Element(FormattableString head, string name, string? title)
    {
        _text.Append(head.ToString(CultureInfo.InvariantCulture));
        _text.Append(title is null ? "/>\n" : $"><title>{WebUtility.HtmlEncode(title)}</title></{name}>\n");
    }
}

using System.Globalization;
using System.Text;

namespace Ringwall.Simulator;

/// <summary>A self-contained page: style, tables and plots in one file.</summary>
internal sealed class Page(string title, string lead)
{
    private const string Style = """
        :root{color-scheme:light}*{box-sizing:border-box}body{margin:0;font:16px/1.55 system-ui,"Segoe UI",Helvetica,Arial,sans-serif;color:#111827;background:#f3f4f6}
        header{background:#0b1f2a;color:#fff;padding:34px 0 30px}header p{color:#cbd5e1;max-width:760px;margin:6px 0 0}main,header>div{max-width:1180px;margin:0 auto;padding:0 24px}
        h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.01em}h2{font-size:20px;margin:0 0 4px}section{background:#fff;border:1px solid #e5e7eb;border-radius:10px;padding:22px 24px;margin:22px 0}
        section>p{color:#4b5563;margin:0 0 14px;max-width:820px}.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:14px;margin:-18px 0 0}
        .card{background:#fff;border:1px solid #e5e7eb;border-radius:10px;padding:16px 18px}.card b{display:block;font-size:28px;line-height:1.15;color:#047857;font-variant-numeric:tabular-nums}.card span{color:#4b5563;font-size:14px}
        table{border-collapse:collapse;width:100%;font-size:14.5px}th{text-align:left;vertical-align:bottom;line-height:1.25;color:#6b7280;font-weight:600;border-bottom:2px solid #e5e7eb;padding:6px 8px}td{border-bottom:1px solid #f0f1f3;padding:6px 8px;vertical-align:top}
        td.r,th.r{text-align:right;font-variant-numeric:tabular-nums}td.r{white-space:nowrap}td.l{min-width:200px}td.ours,th.ours{background:#ecfdf5;color:#065f46;font-weight:700}tr.us td{background:#ecfdf5;font-weight:600}.wide{overflow-x:auto}svg{width:100%;height:auto;display:block;margin:10px 0 4px}
        svg text{font:12px system-ui,"Segoe UI",Helvetica,Arial,sans-serif}.t{font-size:14px;font-weight:600;fill:#111827}.a{fill:#6b7280}.n{font-weight:600}.g{stroke:#eceef1}.m{stroke:#b91c1c;stroke-dasharray:5 4}text.m{stroke:#fff;stroke-width:4px;stroke-dasharray:none;paint-order:stroke;fill:#b91c1c}
        pre{background:#0b1f2a;color:#e5e7eb;border-radius:8px;padding:14px 16px;font:13px/1.5 ui-monospace,Consolas,monospace;white-space:pre-wrap;margin:10px 0}.when{color:#6b7280;font-size:13px;margin:12px 0 -4px}footer{color:#6b7280;font-size:13px;padding:0 0 40px}
        @media print{body{background:#fff}section,.card{break-inside:avoid}}
        """;

    private readonly StringBuilder _body = new();

    public void Cards(params (string Value, string Words)[] cards)
    {
        _body.Append("<div class=\"cards\">");
        foreach ((string value, string words) in cards)
        {
            _body.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><b>{Plot.Escape(value)}</b><span>{Plot.Escape(words)}</span></div>");
        }

        _body.Append("</div>");
    }

    public void Section(string heading, string words, params string[] parts)
    {
        _body.Append(CultureInfo.InvariantCulture, $"<section><h2>{Plot.Escape(heading)}</h2><p>{Plot.Escape(words)}</p>");
        foreach (string part in parts)
        {
            _body.Append(part);
        }

        _body.Append("</section>");
    }

    /// <summary>A table; columns whose head begins with '#' hold numbers.</summary>
    public static string Table(string[] heads, IEnumerable<string[]> rows, Func<string[], bool>? ours = null)
    {
        var table = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
        foreach (string head in heads)
        {
            table.Append(CultureInfo.InvariantCulture, $"<th class=\"{Kind(head)}\">{Plot.Escape(head.TrimStart('#'))}</th>");
        }

        table.Append("</tr></thead><tbody>");
        foreach (string[] row in rows)
        {
            table.Append(ours?.Invoke(row) == true ? "<tr class=\"us\">" : "<tr>");
            for (int i = 0; i < row.Length; i++)
            {
                table.Append(CultureInfo.InvariantCulture, $"<td class=\"{Kind(heads[i])}\">{Plot.Escape(row[i])}</td>");
            }

            table.Append("</tr>");
        }

        return table.Append("</tbody></table></div>").ToString();
    }

    private static string Kind(string head) => head == "#Ringwall" ? "r ours" : head[0] == '#' ? "r" : "l";

    public static string Words(string when, string text) =>
        $"<p class=\"when\">{Plot.Escape(when)}</p><pre>{Plot.Escape(text.TrimEnd())}</pre>";

    public string Html(string foot) =>
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{Plot.Escape(title)}</title><style>{Style}</style></head><body><header><div><h1>{Plot.Escape(title)}</h1><p>{Plot.Escape(lead)}</p></div></header><main>{_body}<footer>{Plot.Escape(foot)}</footer></main></body></html>\n";
}

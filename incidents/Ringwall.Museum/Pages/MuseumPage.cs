using System.Net;
using System.Text;
using Ringwall.Museum.Replays;

namespace Ringwall.Museum.Pages;

/// <summary>artifacts/museum/index.html: every exhibit with its pictures, in one file that needs nothing else.</summary>
internal static class MuseumPage
{
    private const string Style = """
        :root { --ink: #1c2430; --paper: #fff; --soft: #5c6878; --line: #d8dee6; --good: #2f7d4f; --bad: #c0392b; --gap: #e39a2d; --sensors: #5b7db1; --card: #f6f8fa }
        @media (prefers-color-scheme: dark) { :root { --ink: #e3e8ef; --paper: #14181e; --soft: #97a3b4; --line: #313a46; --good: #58b57f; --bad: #e8685a; --gap: #e3a84f; --sensors: #7f9fd0; --card: #1b2129 } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1040px; margin: 2rem auto; padding: 0 1rem }
        h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1.2rem }
        table { border-collapse: collapse; width: 100%; font-size: 14px } th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line) } td.n { text-align: right; font-variant-numeric: tabular-nums }
        .yes { color: var(--good) } .no { color: var(--bad); font-weight: 600 } p.meta { color: var(--soft); margin-top: -.6rem } a { color: inherit }
        figure { margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .6rem } figcaption { font-size: 14px; margin-bottom: .3rem }
        svg { width: 100%; height: auto; display: block } svg text { font: 11px system-ui, sans-serif; fill: var(--ink) } svg .small { font-size: 9px; fill: var(--soft) } svg .tiny { font-size: 9px; fill: var(--ink) }
        svg .said { font-size: 11px } .good { fill: var(--good) } .bad { fill: var(--bad) } .gap { fill: var(--gap) } .sensors { fill: var(--sensors) } .fallback { fill: var(--gap) }
        .running { fill: var(--good); opacity: .45 } .trial { fill: var(--sensors); opacity: .35 } .waiting { fill: var(--gap); opacity: .6 } .away { fill: var(--line) } .rule { stroke: var(--soft); stroke-width: .6 } .grid { stroke: var(--line); stroke-width: .5 }
        .deadline { stroke: var(--gap); stroke-width: .7; stroke-dasharray: 3 3 } .fault { stroke: var(--bad); stroke-width: 1 } .moment { stroke: var(--ink); stroke-width: .7; stroke-dasharray: 2 2 }
        """;

    public static string Of(IReadOnlyList<ExhibitResult> results)
    {
        StringBuilder html = new();
        html.Append("<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>The museum of bad updates</title><style>").Append(Style).Append("</style></head><body>\n");
        html.Append("<h1>The museum of bad updates</h1>\n<p>Each exhibit was replayed on this machine, on filesystems of its own, beside a machine at work. The control is the same replay without the one guard that is named: it has to do harm, or the replay would prove nothing.</p>\n");
        html.Append($"<p><b>{results.Count(result => result.Played.Harmless)} of {results.Count}</b> harmless; <b>{results.Count(result => result.Control is { Harmless: false })} of {results.Count(result => result.Control is not null)}</b> controls harmful.</p>\n");
        html.Append("<table><tr><th>exhibit</th><th>fault</th><th>guard</th><th>outcome</th><th>control</th><th>noticed</th><th>gap</th><th>fallback</th></tr>\n");
        foreach (ExhibitResult result in results)
        {
            html.Append($"<tr><td><a href='#{result.Exhibit.Name}'>{Text(result.Exhibit.Name)}</a></td><td>{Text(result.Exhibit.Fault)}</td><td>{Text(result.Exhibit.Guard)}</td>{Outcome(result.Played.Harmless, "harmless", "harmful")}"
                + (result.Control is { } control ? Outcome(!control.Harmless, "harmful", "harmless") : "<td>not played</td>")
                + $"<td class='n'>{ResultTable.Ms(result.Played.DetectedMs)}</td><td class='n'>{ResultTable.Ms(result.Played.GapMs)}</td><td class='n'>{ResultTable.Ms(result.Played.FallbackMs)}</td></tr>\n");
        }

        html.Append("</table>\n");
        foreach (ExhibitResult result in results)
        {
            html.Append($"<h2 id='{result.Exhibit.Name}'>{Text(result.Exhibit.Title)}</h2>\n<p class='meta'>{Text(string.Join(" · ", new[] { result.Exhibit.Vendor, result.Exhibit.Date, result.Exhibit.Fault }.Where(part => part.Length > 0)))}</p>\n");
            Figure(html, "With every guard", result.Played);
            if (result.Control is { } control)
            {
                Figure(html, $"Control: without {Text(result.Exhibit.Guard)}", control);
            }
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static void Figure(StringBuilder html, string title, Outcome outcome)
    {
        html.Append($"<figure><figcaption><b>{title}</b>: {(outcome.Harmless ? "<span class='yes'>no harm</span>" : "<span class='no'>harm</span>")}. {Text(outcome.NoticedBy)}");
        if (outcome.Harms.Count > 0)
        {
            html.Append("<ul>").Append(string.Concat(outcome.Harms.Select(harm => $"<li>{Text(harm)}</li>"))).Append("</ul>");
        }

        html.Append("</figcaption>").Append(TimelinePicture.Of(outcome)).Append("</figure>\n");
    }

    private static string Outcome(bool good, string yes, string no) => good ? $"<td class='yes'>{yes}</td>" : $"<td class='no'>{no}</td>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}

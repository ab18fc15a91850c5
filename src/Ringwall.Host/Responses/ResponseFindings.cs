using Ringwall.Contract;
using Ringwall.Host.Findings;

namespace Ringwall.Host.Responses;

/// <summary>What became of requests, as findings.</summary>
internal static class ResponseFindings
{
    public static FindingMessage Of(FindingSource source, ResponseReport report)
    {
        string kind = report.Request.Kind.Word();
        string about = report.Act?.About ?? About(report.Request);
        return new FindingMessage
        {
            RuleId = $"ringwall.response.{kind}{(report.Refusal is { } no ? $".{no.Word}" : "")}",
            Title = Cut(report.Refusal is null ? $"{Done(report.Request.Kind)} {about}" : $"Did not {kind} {about}", Protocol.MaxTitleBytes),
            Description = report.Refusal is null
                ? $"{source.Name} (engine {source.Engine}, content {source.Content}, generation {source.Generation}) requested it: {report.Request.Reason}. `ringwall undo --id {report.Act?.Id}` takes it back."
                : $"{source.Name} (engine {source.Engine}, content {source.Content}, generation {source.Generation}) requested it: {report.Request.Reason}. {report.Refusal.Detail}.",
            Severity = report.Refusal is null || report.Refusal.Word is Refusal.Protected or Refusal.Budget ? Severity.High : Severity.Low,
            Actor = report.Request.Pid == 0 ? null : new ProcessRecord { Pid = report.Request.Pid, Start = report.Request.Start },
            Path = report.Request.Path,
            Ticket = report.Request.Ticket,
        };
    }

    private static string Done(ResponseKind kind) => kind switch
    {
        ResponseKind.Kill => "Killed",
        ResponseKind.Quarantine => "Quarantined",
        ResponseKind.Block => "Blocked",
        _ => "Isolated from",
    };

    private static string About(RequestMessage request) => request.Kind switch
    {
        ResponseKind.Isolate => "from the network",
        ResponseKind.Kill => $"process {request.Pid}",
        _ => System.Text.Encoding.UTF8.GetString(request.Path.Span),
    };

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}

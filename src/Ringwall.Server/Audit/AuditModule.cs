using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Running;

namespace Ringwall.Server.Audit;

public static class AuditModule
{
    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web);

    public static IServiceCollection AddAudit(this IServiceCollection services, ServerOptions options) => services.AddSingleton<AuditLog>();

    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder audit = routes.MapGroup("/api/v1/audit").RequireAuthorization(Policies.Oversee).WithTags("Audit");
        audit.MapGet("", (AuditLog log, CancellationToken stop, long after = 0, long before = 0, string who = "", string what = "", string about = "", int limit = 100) =>
            log.FindAsync(new AuditQuery(after, before, who, what, about, Math.Clamp(limit, 1, 1000)), stop));
        audit.MapGet("/verify", (AuditLog log, CancellationToken stop) => log.VerifyAsync(stop));
        audit.MapGet("/export", ExportAsync).Produces(StatusCodes.Status200OK, contentType: "application/x-ndjson");
        return routes;
    }

    /// <summary>One record a line, and last a line that says whether the chain held: an export without that line is not complete.</summary>
    private static async Task ExportAsync(AuditLog log, HttpContext context)
    {
        CancellationToken stop = context.RequestAborted;
        AuditHead head = await log.HeadAsync(stop).ConfigureAwait(false);
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"ringwall-audit.jsonl\"";
        AuditChain chain = new();
        await foreach (AuditRecord record in log.AllAsync(head.Number, stop).ConfigureAwait(false))
        {
            chain.Add(record);
            await WriteAsync(context.Response, record, stop).ConfigureAwait(false);
        }

        await WriteAsync(context.Response, chain.End(head), stop).ConfigureAwait(false);
    }

    private static async Task WriteAsync<T>(HttpResponse response, T line, CancellationToken stop)
    {
        await JsonSerializer.SerializeAsync(response.BodyWriter, line, Lines, stop).ConfigureAwait(false);
        await response.WriteAsync("\n", stop).ConfigureAwait(false);
    }
}

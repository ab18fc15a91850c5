using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Data.Sqlite;
using Npgsql;
using Ringwall.Server.Dashboard.Pages;
using Ringwall.Server.Running.Metrics;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Running;

/// <summary>The one place where an error becomes an answer: a problem (RFC 9457), or the same in a page where a person waits for one.</summary>
internal sealed partial class Problems(ILogger<Problems> log, ServerMeter meter) : IExceptionHandler
{
    public static ProblemHttpResult Of(ProblemType type, string detail, IReadOnlyDictionary<string, object?>? more = null)
    {
        ProblemDetails details = new() { Type = type.Name, Status = type.Status, Title = type.Title, Detail = detail };
        foreach ((string name, object? value) in more ?? new Dictionary<string, object?>())
        {
            details.Extensions[name] = value;
        }

        return TypedResults.Problem(details);
    }

    /// <summary>An answer without a body, as routing and authorization give it, becomes a problem.</summary>
    public static Task OfStatusAsync(StatusCodeContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        ProblemType? type = response.StatusCode switch
        {
            400 or 405 or 415 => ProblemType.BadRequest with { Status = response.StatusCode },
            401 => ProblemType.NotSignedIn,
            403 => ProblemType.NotAllowed,
            404 => ProblemType.NotFound,
            413 => ProblemType.TooLarge,
            429 => ProblemType.TooMany,
            _ => null,
        };
        return type is null ? Task.CompletedTask : AnswerAsync(context.HttpContext, type, "", null);
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        (ProblemType type, string detail) = exception switch
        {
            RequestRefused refused => (refused.Type, refused.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (ProblemType.TooLarge, exception.Message),
            BadHttpRequestException bad => (ProblemType.BadRequest with { Status = bad.StatusCode }, (bad.InnerException ?? bad).Message),
            // NUL characters, which JSON can spell and PostgreSQL's text cannot hold.
            PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } => (ProblemType.BadRequest, "text with a NUL character"),
            // Busy, read-only by a fault, I/O error, full, cannot open (sqlite.org/rescode.html).
            SqliteException { SqliteErrorCode: 5 or 8 or 10 or 13 or 14 } => (ProblemType.DatabaseAway, ""),
            // The database ended a transaction that was idle for too long (Database): what it held is undone, and may be tried again.
            PostgresException { SqlState: Database.IdleInTransaction } => (ProblemType.DatabaseAway, ""),
            DbException { IsTransient: true } or NpgsqlException { InnerException: IOException or SocketException } => (ProblemType.DatabaseAway, ""),
            _ => (ProblemType.Broken, ""),
        };
        meter.Problem(type);
        if (type.Status >= 500)
        {
            Failed(exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        IReadOnlyDictionary<string, object?>? more = (exception as RequestRefused)?.More;
        if (type.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            httpContext.Response.Headers.RetryAfter = more?.GetValueOrDefault("retryAfter")?.ToString() ?? "5";
        }

        httpContext.Response.StatusCode = type.Status;
        await AnswerAsync(httpContext, type, detail, more).ConfigureAwait(false);
        return true;
    }

    private static Task AnswerAsync(HttpContext context, ProblemType type, string detail, IReadOnlyDictionary<string, object?>? more) => context.Request.WantsPage()
        ? new RazorComponentResult<ProblemPage>(new Dictionary<string, object?> { ["Problem"] = type, ["Says"] = detail }) { StatusCode = type.Status }.ExecuteAsync(context)
        : Of(type, detail, more).ExecuteAsync(context);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void Failed(Exception exception, string method, PathString path);
}

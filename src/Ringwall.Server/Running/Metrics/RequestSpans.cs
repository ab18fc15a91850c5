using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Ringwall.Server.Running.Metrics;

internal static class RequestSpans
{
    /// <summary>
    /// Says of each request's span which request it was, in the words of OpenTelemetry (semantic conventions for HTTP): the framework leaves that out. Its route and not its path, which of a
    /// sign-in link is a secret for as long as nobody has followed it.
    /// </summary>
    public static IApplicationBuilder UseNamedSpans(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
            {
                // Of a request that failed, the handler of failures has put it aside.
                Endpoint? endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
                string? route = (endpoint as RouteEndpoint)?.RoutePattern.RawText is { } pattern ? $"/{pattern.Trim('/')}" : null;
                span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
                span.SetTag("http.request.method", context.Request.Method).SetTag("http.response.status_code", context.Response.StatusCode).SetTag("http.route", route);
            }
        }
    });
}

using Microsoft.Extensions.Primitives;

namespace Ringwall.Server.Releases;

/// <summary>
/// Answers for /vendors/FILE and /director/FILE before anything else looks at the request: they are for everybody, signed, and what a million devices ask for. Any static host can do the same with
/// an exported folder.
/// </summary>
internal sealed class RepositoryFiles(RequestDelegate next, RepositoryShelf shelf)
{
    /// <summary>The one file whose content changes under its name.</summary>
    public const string Changing = "timestamp.json";

    private static readonly StringValues Json = "application/json";

    public Task InvokeAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (path.StartsWith("/vendors/", StringComparison.Ordinal) && IsFile(path, 9))
        {
            return AnswerAsync(context, Repository.Vendors, path[9..]);
        }

        return path.StartsWith("/director/", StringComparison.Ordinal) && IsFile(path, 10) ? AnswerAsync(context, Repository.Director, path[10..]) : next(context);
    }

    // A page of the same beginning, as /vendors/acme may be, is the dashboard's.
    private static bool IsFile(string path, int from) => path.EndsWith(".json", StringComparison.Ordinal) && path.IndexOf('/', from) < 0;

    private async Task AnswerAsync(HttpContext context, string repository, string name)
    {
        HttpResponse response = context.Response;
        bool isHead = HttpMethods.IsHead(context.Request.Method);
        if (!isHead && !HttpMethods.IsGet(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (await shelf.FindAsync(repository, name, context.RequestAborted).ConfigureAwait(false) is not { } file)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            response.Headers.CacheControl = "no-cache";
            return;
        }

        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = file.CacheControl;
        if (Has(context.Request.Headers.IfNoneMatch, file.ETag[0]!))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.Headers.ContentType = Json;
        response.ContentLength = file.Content.Length;
        if (!isHead)
        {
            await response.BodyWriter.WriteAsync(file.Content, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static bool Has(StringValues tags, string tag)
    {
        foreach (string? list in tags)
        {
            if (list is not null && (list == "*" || list.Contains(tag, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}

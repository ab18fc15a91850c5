namespace Ringwall.Server.Running;

/// <summary>What a form sent. Who sends something else is told so.</summary>
internal static class FormBody
{
    /// <exception cref="RequestRefused">It is no form, or a broken one.</exception>
    public static async ValueTask<IFormCollection> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            throw new RequestRefused(ProblemType.BadRequest with { Status = StatusCodes.Status415UnsupportedMediaType }, "this address takes forms");
        }

        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException broken)
        {
            throw new RequestRefused(ProblemType.BadRequest, broken.Message);
        }
    }
}

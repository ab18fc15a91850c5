using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>
/// No other site's page changes anything here. What a browser says about where a request comes from must name this site; and with a session goes a word that
/// another site's page cannot know. It is made from the session's secret, so every replica knows it and it ends with the session.
/// </summary>
public static class CrossSite
{
    /// <summary>Of a form: &lt;input type="hidden" name="antiforgery" value="…"&gt;.</summary>
    public const string Field = "antiforgery";

    /// <summary>Of a request made by script.</summary>
    public const string Header = "X-Antiforgery";

    /// <summary>For the page that is being rendered; empty when nobody is signed in by a cookie.</summary>
    public static string TokenOf(HttpContext context) => Session.Of(context) is { } session ? Token(session.Secret) : "";

    /// <summary>Goes between authentication and everything that changes something.</summary>
    internal static IApplicationBuilder UseCrossSiteCheck(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method))
        {
            await CheckAsync(context).ConfigureAwait(false);
        }

        await next(context).ConfigureAwait(false);
    });

    internal static string Token(string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "ringwall-antiforgery"u8));

    private static async Task CheckAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        // Programs send neither; browsers send at least one with every change, and no page can forge them.
        StringValues site = request.Headers["Sec-Fetch-Site"];
        StringValues origin = request.Headers.Origin;
        bool elsewhere = (site.Count > 0 && site != "same-origin" && site != "none")
            || (origin.Count > 0 && origin != $"{request.Scheme}://{request.Host}"
                && origin != context.RequestServices.GetRequiredService<ServerOptions>().PublicUrl?.GetLeftPart(UriPartial.Authority));
        if (elsewhere)
        {
            throw new RequestRefused(ProblemType.CrossSite, "the browser says that another site's page sent it");
        }

        if (Session.Of(context) is not { } session)
        {
            return;
        }

        string given = request.Headers[Header].ToString();
        if (given.Length == 0 && request.HasFormContentType)
        {
            given = (await FormBody.ReadAsync(request).ConfigureAwait(false))[Field].ToString();
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Token(session.Secret))))
        {
            throw new RequestRefused(ProblemType.CrossSite, $"a change needs the word of the session, as header {Header} or form field {Field}; GET /api/v1/me tells it");
        }
    }
}

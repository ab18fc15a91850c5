namespace Ringwall.Server.Access;

/// <summary>The cookie that holds a session's secret. Over https its name has the prefix that browsers let no other host set.</summary>
internal static class SessionCookie
{
    public static string Name(HttpRequest request) => request.IsHttps ? "__Host-ringwall" : "ringwall";

    public static string? Read(HttpRequest request) => request.Cookies[Name(request)] is { Length: > 0 and < 100 } secret ? secret : null;

    public static void Write(HttpContext context, string secret) => context.Response.Cookies.Append(Name(context.Request), secret, Options(context));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name(context.Request), Options(context));

    // Lax: a link to a page, from a mail or a chat, finds its reader signed in; changes are guarded by CrossSite.
    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = Credentials.Longest };
}

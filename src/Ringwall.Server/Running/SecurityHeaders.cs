using Microsoft.Extensions.Primitives;

namespace Ringwall.Server.Running;

/// <summary>What browsers are told with every answer. A page's scripts and styles come from files of this server: nothing inline runs.</summary>
internal static class SecurityHeaders
{
    private static readonly (string Name, string Value)[] Always =
    [
        ("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        // Not "no-referrer": with it browsers send "Origin: null" with every form, and CrossSite could not tell ours from others.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(
            static state =>
            {
                HttpContext context = (HttpContext)state;
                IHeaderDictionary headers = context.Response.Headers;
                foreach ((string name, string value) in Always)
                {
                    headers.TryAdd(name, value);
                }

                if (context.Request.IsHttps)
                {
                    headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
                }

                if (StringValues.IsNullOrEmpty(headers.CacheControl))
                {
                    // What may be kept says so itself.
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            },
            context);
        return next(context);
    });
}

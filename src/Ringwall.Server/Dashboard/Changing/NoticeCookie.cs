using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Ringwall.Server.Dashboard.Models;

namespace Ringwall.Server.Dashboard.Changing;

/// <summary>Carries one sentence from a form to the page after it. It is protected: nobody else puts words into our pages.</summary>
internal sealed class NoticeCookie(IDataProtectionProvider protection)
{
    private const string Name = "ringwall-notice";

    private readonly IDataProtector _protector = protection.CreateProtector("dashboard notice");

    public void Leave(HttpContext context, Notice notice) =>
        context.Response.Cookies.Append(Name, _protector.Protect($"{(notice.Tone == Tone.Bad ? '!' : ' ')}{notice.Says}"), Options(context));

    /// <summary>The sentence, once. The script that brings a page up to date does not take it away from its reader.</summary>
    public Notice? Take(HttpContext context)
    {
        if (context.Request.Cookies[Name] is not { Length: > 0 } kept || context.Request.Headers.ContainsKey("X-Ringwall-Live"))
        {
            return null;
        }

        context.Response.Cookies.Delete(Name, Options(context));
        try
        {
            string text = _protector.Unprotect(kept);
            return new Notice(text[1..], text[0] == '!' ? Tone.Bad : Tone.Quiet);
        }
        catch (CryptographicException)
        {
            // Not ours, or from before the keys were replaced.
            return null;
        }
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = TimeSpan.FromMinutes(1) };
}

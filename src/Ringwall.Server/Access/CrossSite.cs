using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Server.Access;

/// <summary>
/// The word that another site's page cannot know: it goes with every change that a browser sends. It is made from the session's secret, so every replica
/// knows it and it ends with the session.
/// </summary>
public static class CrossSite
{
    /// <summary>Of a form: &lt;input type="hidden" name="antiforgery" value="…"&gt;.</summary>
    public const string Field = "antiforgery";

    /// <summary>Of a request made by script.</summary>
    public const string Header = "X-Antiforgery";

    internal const string Item = "ringwall.session";

    /// <summary>For the page that is being rendered; empty when nobody is signed in by a cookie.</summary>
    public static string TokenOf(HttpContext context) => context.Items[Item] is string secret ? Token(secret) : "";

    internal static string Token(string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "ringwall-antiforgery"u8));
}
